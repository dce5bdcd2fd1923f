package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Interceptor.Chain;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One request on its way through the mesh: asks the engine what to do, proceeds once for each
 * attempt, and tells the engine how that ended. Of the thread that runs the call.
 */
final class Hop {
  private final Chain chain;
  private final Passage passage;
  private final Request request;
  private final MeshCall call;
  private final RequestView head;
  private IOException last;

  Hop(Chain chain, Passage passage, Request request, MeshCall call) {
    this.chain = chain;
    this.passage = passage;
    this.request = request;
    this.call = call;
    this.head = new RequestView(request);
  }

  /**
   * The answer of the hop.
   *
   * @throws HandOver if the library was about to follow a redirect to another host
   */
  Response send() throws IOException {
    boolean answered = false;
    try {
      Response response = null;
      while (response == null) {
        response = take(call.next());
      }
      answered = true;
      return response;
    } finally {
      if (!answered) {
        call.cancel();
      }
    }
  }

  /** The answer, or null to go on. */
  private Response take(Step step) throws IOException {
    switch (step.kind) {
      case PASS:
        passage.unpin();
        return chain.proceed(request);
      case ATTEMPT:
        return attempt((Attempt) step);
      case WAIT:
        Waiting.forStep((Step.Wait) step, chain.call());
        return null;
      case QUEUE:
        Waiting.forStep((Step.Queue) step, chain.call());
        return null;
      case RESPOND:
        return SyntheticAnswer.of((Step.Respond) step, request);
      case REDIRECT:
        return SyntheticAnswer.of((Step.Redirect) step, request);
      case FAIL:
        throw Outcomes.exception((Step.Fail) step, last);
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  private Response attempt(Attempt attempt) throws IOException {
    Response response;
    try {
      passage.pin(EndpointDns.of(request.url().host(), attempt), attempt.number);
      response = chainFor(attempt).proceed(request);
    } catch (HandOver stopped) {
      // The response that redirected was the answer of this hop, and is closed.
      call.finish(attempt, Outcomes.response(passage.earlier));
      call.release(attempt);
      throw stopped;
    } catch (IOException e) {
      failed(attempt, e);
      return null;
    } catch (RuntimeException | Error e) {
      call.finish(attempt, Outcome.failure(Failure.OTHER, e));
      throw e;
    }
    head.bodyMayBeSent = true;
    Verdict verdict = call.finish(attempt, Outcomes.response(response));
    if (verdict == Verdict.RETRY && !chain.call().isCanceled()) {
      response.close();
      return null;
    }
    return released(attempt, response);
  }

  /** Returns if the engine is to be asked again. */
  private void failed(Attempt attempt, IOException e) throws IOException {
    Failure failure = Outcomes.failure(e, chain.call().isCanceled());
    head.bodyMayBeSent |= !Outcomes.nothingSent(failure);
    Verdict verdict = call.finish(attempt, Outcome.failure(failure, e));
    boolean applicationsTimeout = failure == Failure.TIMEOUT && !shortened(attempt);
    if (verdict != Verdict.RETRY || failure == Failure.CANCELLED || applicationsTimeout) {
      throw e;
    }
    last = e;
  }

  /** The attempt's own timeout, where it is shorter than the application's. */
  private Chain chainFor(Attempt attempt) {
    return shortened(attempt)
        ? chain.withReadTimeout((int) millis(attempt), TimeUnit.MILLISECONDS)
        : chain;
  }

  private boolean shortened(Attempt attempt) {
    if (attempt.timeoutNanos == Long.MAX_VALUE) {
      return false;
    }
    int own = chain.readTimeoutMillis();
    return own == 0 || millis(attempt) < own;
  }

  private static long millis(Attempt attempt) {
    long millis = TimeUnit.NANOSECONDS.toMillis(attempt.timeoutNanos);
    return Math.max(1, Math.min(Integer.MAX_VALUE, millis));
  }

  /**
   * The response as the application gets it: at the end of its body nothing is in flight any more.
   */
  private Response released(Attempt attempt, Response response) {
    AtomicBoolean released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (released.compareAndSet(false, true)) {
            call.release(attempt);
          }
        };
    ResponseBody body = response.body();
    boolean upgraded = response.code() == 101;
    boolean empty =
        body == null
            || body.contentLength() == 0
            || request.method().equals("HEAD")
            || response.code() == 204
            || response.code() == 304;
    if (upgraded || empty) {
      release.run();
      return response;
    }
    return response.newBuilder().body(new ReleasingBody(body, release)).build();
  }
}
