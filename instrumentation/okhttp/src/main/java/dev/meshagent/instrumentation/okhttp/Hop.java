package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.BlockingHop;
import dev.meshagent.spi.drive.Deliveries;
import dev.meshagent.spi.drive.Hedges;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor.Chain;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One request and its response on its way through the mesh: proceeds once for each attempt. The
 * application's read timeout bounds what is waited for an answer, all attempts together.
 */
final class Hop extends BlockingHop<Response, HopHedges.Beside, RuntimeException>
    implements BodySource.End {
  final Chain chain;
  private final Passage passage;
  private final RequestView head;
  private boolean redirected;

  /** The attempt whose response was delivered, until the end of its body; null before. */
  private Attempt delivered;

  private boolean takenOver;

  Hop(Mesh mesh, Chain chain, Passage passage, RequestView head, MeshCall call) {
    super(mesh, call, OkHttpModule.NAME);
    this.chain = chain;
    this.passage = passage;
    this.head = head;
  }

  OkHttpClient client() {
    return passage.client;
  }

  /** As the application wrote it. */
  Request request() {
    return head.request;
  }

  /** Whether the answer is a redirect that the library does not follow by itself. */
  boolean redirected() {
    return redirected;
  }

  @Override
  protected Response pass() throws IOException {
    passage.unpin();
    return chain.proceed(request());
  }

  /** The library repeats nothing outside of an attempt. */
  @Override
  protected void takenByMesh() {}

  @Override
  protected void leftByMesh() {}

  @Override
  protected Response synthesize(Step.Respond step) {
    return SyntheticAnswer.of(step, request());
  }

  @Override
  protected Response synthesize(Step.Redirect step) {
    redirected = true;
    return SyntheticAnswer.of(step, request());
  }

  @Override
  protected IOException exception(Step.Fail step, Failure last) {
    return Outcomes.exception(step, last);
  }

  @Override
  protected boolean isAborted() {
    return chain.call().isCanceled();
  }

  @Override
  protected IOException aborted(Throwable cause) {
    return cause == null ? new IOException("Canceled") : new InterruptedIOException("interrupted");
  }

  @Override
  protected SocketTimeoutException timedOut() {
    return new SocketTimeoutException("timeout");
  }

  /**
   * The application's read timeout. With OkHttp 3.12 its limit for the whole call too, whose timer
   * that version ends with the first response, also one that is dropped for a further attempt.
   */
  @Override
  protected long timeoutNanos() {
    int millis = chain.readTimeoutMillis();
    long read = millis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
    long whole = Exchanges.keepCallTimeout() ? 0 : chain.call().timeout().timeoutNanos();
    return whole == 0 ? read : Math.min(read, whole);
  }

  /** What is left of the application's limit for the whole call, in ms; 0 for no limit. */
  long leftOfCallMillis() {
    long nanos = chain.call().timeout().timeoutNanos();
    return nanos == 0 ? 0 : millis(nanos - elapsedNanos());
  }

  @Override
  protected void bodyMayBeSent() {
    head.bodyMayBeSent = true;
  }

  @Override
  protected Hedges<HopHedges.Beside> prepareHedges() {
    return new HopHedges(this);
  }

  @Override
  protected Response taken(HopHedges.Beside won) {
    TakenOver.by(chain.call(), won.call);
    redirected = Redirection.isOne(won.response);
    Response given = rewritten(won.response, won.attempt);
    takenOver = true;
    return released(won.attempt, given, null);
  }

  @Override
  protected Response send(Attempt attempt) throws IOException {
    long left = left();
    long limit = Math.min(left, attempt.timeoutNanos);
    Try tried = watching(attempt, limit);
    Request request = request();
    Response response;
    try {
      passage.unpin();
      Rewriting rewriting = Rewriting.of(request, attempt);
      if (isFirst() && head.repeats()) {
        Mirrors.send(client(), request, attempt, call);
      }
      EndpointDns endpoint = EndpointDns.of(request.url().host(), attempt);
      Chain own = chain;
      long connect = attempt.connectTimeoutNanos();
      if (!passage.breakable) {
        // What can be limited is the connecting and each read.
        connect = Math.min(connect, limit);
        if (isShorter(limit, chain.readTimeoutMillis())) {
          own = chain.withReadTimeout(millis(limit), TimeUnit.MILLISECONDS);
        }
      }
      boolean shorter = isShorter(connect, chain.connectTimeoutMillis());
      passage.pin(endpoint, rewriting, tried, shorter ? millis(connect) : null);
      if (tried != null) {
        if (head.repeats()) {
          hedge(attempt, tried);
        }
        tried.breakOffAfter(mesh, limit);
      }
      handsOver();
      response = own.proceed(request);
    } catch (HandOver stopped) {
      // The response that redirected, which is closed, is the answer of this hop.
      end(tried);
      if (!wanted(attempt, Outcomes.response(passage.stoppedAt()))) {
        passage.followsNothing();
        return null;
      }
      call.release(attempt);
      throw stopped;
    } catch (IOException | RuntimeException e) {
      Failure failure = Outcomes.failure(e);
      boolean brokenOff = end(tried);
      boolean unsent = brokenOff ? !tried.hasSent() : failure.unsent();
      failed(attempt, failure, e, unsent, brokenOff ? limit(left, attempt) : null);
      return null;
    }
    if (end(tried)) {
      response.close();
      failed(attempt, null, null, false, limit(left, attempt));
      return null;
    }
    if (!wanted(attempt, Outcomes.response(response))) {
      response.close();
      return null;
    }
    Response given = rewritten(response, attempt);
    return released(attempt, given, passage.opened());
  }

  /** As the policy says; an error of the agent's leaves it as it came. */
  private Response rewritten(Response received, Attempt attempt) {
    try {
      return Rewriting.response(received, attempt);
    } catch (RuntimeException | LinkageError e) {
      mesh.agentError(OkHttpModule.NAME, e);
      return received;
    }
  }

  /** Null where nothing breaks the attempt off: it has no limit, and no other runs beside it. */
  private Try watching(Attempt attempt, long limit) {
    boolean alone = isFirst() && attempt.hedgeAfterNanos() == Long.MAX_VALUE;
    return !passage.breakable || alone && limit == Long.MAX_VALUE ? null : new Try();
  }

  /** Whether the attempt, which came to its end, had been broken off. */
  private static boolean end(Try tried) {
    return tried != null && tried.end();
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
   *
   * @param opened its body as it comes from the connection; null if that is not known
   */
  private Response released(Attempt attempt, Response response, BodySource opened) {
    delivered = attempt;
    ResponseBody body = response.body();
    boolean upgraded = response.code() == 101;
    boolean empty =
        body == null
            || body.contentLength() == 0
            || request().method().equals("HEAD")
            || response.code() == 204
            || response.code() == 304;
    if (upgraded || empty) {
      bodyEnded(null);
      return response;
    }
    if (opened != null) {
      opened.whenEnded(this);
      return response;
    }
    return response.newBuilder().body(new ReleasingBody(body, this)).build();
  }

  @Override
  public void bodyEnded(IOException broken) {
    if (broken == null || isAborted()) {
      call.release(delivered);
    } else {
      Deliveries.broken(call, delivered, Outcomes.failure(broken), broken);
    }
    if (takenOver) {
      TakenOver.ended(chain.call());
    }
  }
}
