package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Interceptor.Chain;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One request on its way through the mesh: asks the engine what to do, proceeds once for each
 * attempt, and tells the engine how that ended. Of the thread that runs the call.
 */
final class Hop {
  private final OkHttpClient client;
  private final Chain chain;
  private final Passage passage;
  private final Request request;
  private final MeshCall call;
  private final RequestView head;
  private IOException last;
  private boolean redirected;

  Hop(OkHttpClient client, Chain chain, Passage passage, Request request, MeshCall call) {
    this.client = client;
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
        response = take(nextStep());
      }
      answered = true;
      return response;
    } finally {
      if (!answered) {
        call.cancel();
      }
    }
  }

  /**
   * An error of the engine's is not the application's: its call goes on as if there were no agent.
   */
  private Step nextStep() {
    try {
      return call.next();
    } catch (RuntimeException e) {
      Mesh.get().agentError(OkHttpModule.NAME, e);
      return Step.PASS;
    }
  }

  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return call.finish(attempt, outcome);
    } catch (RuntimeException e) {
      Mesh.get().agentError(OkHttpModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /** Whether the answer is a redirect that no server sent. */
  boolean redirected() {
    return redirected;
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
        redirected = true;
        return SyntheticAnswer.of((Step.Redirect) step, request);
      case FAIL:
        throw Outcomes.exception((Step.Fail) step, last);
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  private Response attempt(Attempt attempt) throws IOException {
    Response response;
    Request sent = Rewriting.request(request, attempt);
    try {
      if (head.repeats()) {
        Mirrors.send(client, request, attempt, call);
      }
      passage.pin(EndpointDns.of(request.url().host(), attempt), sent);
      response = chainFor(attempt).proceed(sent);
    } catch (HandOver stopped) {
      // The response that redirected was the answer of this hop, and is closed.
      finish(attempt, Outcomes.response(passage.stoppedAt()));
      call.release(attempt);
      throw stopped;
    } catch (IOException e) {
      failed(attempt, e);
      return null;
    } catch (RuntimeException | Error e) {
      finish(attempt, Outcome.failure(Failure.OTHER, e));
      throw e;
    }
    head.bodyMayBeSent = true;
    Verdict verdict = finish(attempt, Outcomes.response(response));
    if (verdict == Verdict.RETRY && !chain.call().isCanceled()) {
      response.close();
      return null;
    }
    return released(attempt, Rewriting.response(response, sent, request, attempt));
  }

  /** Returns if the engine is to be asked again. */
  private void failed(Attempt attempt, IOException e) throws IOException {
    Failure failure = Outcomes.failure(e, chain.call().isCanceled());
    head.bodyMayBeSent |= !failure.unsent();
    boolean over =
        failure == Failure.CANCELLED || failure == Failure.TIMEOUT && !shortened(attempt);
    Outcome outcome = over ? Outcome.last(failure, e) : Outcome.failure(failure, e);
    if (finish(attempt, outcome) != Verdict.RETRY || over) {
      throw e;
    }
    last = e;
  }

  /**
   * With the attempt's own timeouts where they are shorter than the application's. OkHttp's limit
   * is for each read, so it holds for the wait for the head, and for the body between its pieces.
   */
  private Chain chainFor(Attempt attempt) {
    Chain own = chain;
    if (shortened(attempt)) {
      own = own.withReadTimeout(millis(attempt.timeoutNanos), TimeUnit.MILLISECONDS);
    }
    long connect = Math.min(attempt.connectTimeoutNanos(), attempt.timeoutNanos);
    if (isShorter(connect, chain.connectTimeoutMillis())) {
      own = own.withConnectTimeout(millis(connect), TimeUnit.MILLISECONDS);
    }
    return own;
  }

  private boolean shortened(Attempt attempt) {
    return isShorter(attempt.timeoutNanos, chain.readTimeoutMillis());
  }

  /** Whether a limit of the mesh ends before the library's own, where 0 is none. */
  static boolean isShorter(long nanos, int ownMillis) {
    return nanos != Long.MAX_VALUE && (ownMillis == 0 || millis(nanos) < ownMillis);
  }

  static int millis(long nanos) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos)));
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
