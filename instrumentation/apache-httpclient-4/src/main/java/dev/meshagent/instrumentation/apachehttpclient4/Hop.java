package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Parking;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.util.EntityUtils;

/**
 * One request and its response on its way through the mesh, on the application's thread: asks the
 * engine what to do, sends through the library's own link, and tells the engine how that ended.
 * Used once, by one thread.
 *
 * <p>The socket timeout of the application is the library's own for the first attempt; further
 * attempts have what is left of it. Hedges run beside it on threads of their own.
 */
final class Hop {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  private static final long LONGEST_WAIT_NANOS = TimeUnit.DAYS.toNanos(1);

  /** RFC 9110 section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      new HashSet<>(Arrays.asList("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"));

  final Mesh mesh;
  final MeshCall call;
  final ClientExecChain main;
  final EndpointPool pool;
  final HttpRoute route;
  final HttpRequestWrapper request;
  final HttpClientContext context;
  private final HttpExecutionAware aware;
  private final RequestView head;
  final Header[] headers;
  private final long begun = System.nanoTime();

  private int attempts;
  private boolean waited;
  private Failure lastFailure = Failure.NONE;

  /** Null for a call that is not hedged. */
  private HopHedges hedges;

  Hop(
      Mesh mesh,
      MeshCall call,
      ClientExecChain main,
      EndpointPool pool,
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      HttpExecutionAware aware,
      RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.main = main;
    this.pool = pool;
    this.route = route;
    this.request = request;
    this.context = context;
    this.aware = aware;
    this.head = head;
    this.headers = request.getAllHeaders();
  }

  CloseableHttpResponse run() throws IOException, HttpException {
    boolean taken = false;
    try {
      CloseableHttpResponse response = drive();
      taken = hedges != null && hedges.won() != null;
      return response;
    } finally {
      if (hedges != null) {
        hedges.end(taken);
      }
    }
  }

  private CloseableHttpResponse drive() throws IOException, HttpException {
    for (; ; ) {
      HopHedges.Beside won = hedges == null ? null : hedges.won();
      if (won != null) {
        return taken(won);
      }
      Step step = next();
      if (step.kind != Step.Kind.PASS) {
        MeshMark.set(context, true);
      }
      switch (step.kind) {
        case PASS:
          return main.execute(route, request, context, aware);
        case ATTEMPT:
          CloseableHttpResponse response = send((Attempt) step);
          if (response != null) {
            return response;
          }
          break;
        case WAIT:
          await(null, ((Step.Wait) step).nanos);
          break;
        case QUEUE:
          await((Step.Queue) step, ((Step.Queue) step).maxNanos);
          break;
        case RESPOND:
          return SyntheticResponse.of((Step.Respond) step, request.getMethod());
        case REDIRECT:
          return SyntheticResponse.of((Step.Redirect) step, request.getMethod());
        case FAIL:
          throw Outcomes.exception((Step.Fail) step, lastFailure);
        default:
          throw new IllegalStateException("unknown step " + step.kind);
      }
    }
  }

  private Step next() {
    try {
      return hedges == null ? call.next() : hedges.next();
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient4Module.NAME, e);
      return Step.PASS;
    }
  }

  /** An error of the engine's is not the application's. */
  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return hedges == null ? call.finish(attempt, outcome) : hedges.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient4Module.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /** Null to ask for the next step. */
  private CloseableHttpResponse send(Attempt attempt) throws IOException, HttpException {
    attempts++;
    long left = left();
    boolean applications = left < attempt.timeoutNanos;
    Try tried = new Try(aware, context, false);
    RequestConfig config = context.getRequestConfig();
    RequestConfig limited = ConnectLimit.within(config, attempt.connectTimeoutNanos());
    Mesh.Timeout timer = null;
    CloseableHttpResponse response;
    try {
      HttpRoute to = EndpointRoute.to(route, attempt);
      pool.use(mesh, attempt, route, to);
      HttpRequestWrapper sent = request;
      if (!Rewriting.unchanged(attempt)) {
        sent = Rewriting.copy(request, headers, attempt);
      } else if (attempts > 1) {
        request.setHeaders(headers);
      }
      if (attempts == 1 && head.bodyIsRepeatable()) {
        Mirrors.send(mesh, call, attempt, main, route, request, headers, context);
      }
      timer = tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
      if (limited != config) {
        context.setRequestConfig(limited);
      }
      if (head.bodyIsRepeatable()) {
        hedge(attempt, tried);
      }
      try {
        response = main.execute(to, sent, context, tried);
      } catch (IOException e) {
        if (!isStale(e, tried)) {
          throw e;
        }
        // The server closed what the pool had kept: once more, over a connection of its own.
        tried.ended(timer);
        tried = new Try(aware, context, true);
        timer = tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
        if (hedges != null) {
          hedges.own(tried);
        }
        if (sent == request) {
          request.setHeaders(headers);
        }
        response = main.execute(to, sent, context, tried);
      }
    } catch (IOException | HttpException | RuntimeException e) {
      failed(attempt, e, tried.ended(timer), applications);
      return null;
    } finally {
      if (limited != config) {
        context.setRequestConfig(config);
      }
    }
    if (tried.ended(timer)) {
      close(response);
      failed(attempt, null, true, applications);
      return null;
    }
    return answered(attempt, response, tried);
  }

  private void hedge(Attempt attempt, Try tried) {
    if (hedges == null && attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
      hedges = new HopHedges(this);
    }
    if (hedges != null) {
      hedges.own(tried);
      hedges.after(attempt.hedgeAfterNanos());
    }
  }

  /** The answer that came of a hedge. */
  private CloseableHttpResponse taken(HopHedges.Beside won) throws IOException, HttpException {
    if (won.failure() != null) {
      throw thrown(won.failure());
    }
    if (isAborted()) {
      won.drop();
      call.release(won.attempt);
      throw new RequestAbortedException("Request aborted");
    }
    if (aware != null && won.tried.holder instanceof Cancellable) {
      aware.setCancellable((Cancellable) won.tried.holder);
    }
    return deliver(won.attempt, won.response, won.tried);
  }

  private boolean isStale(IOException e, Try tried) {
    return tried.kept
        && !tried.isAborted()
        && Outcomes.failure(e) == Failure.RESET
        && IDEMPOTENT.contains(request.getMethod().toUpperCase(Locale.ROOT))
        && head.bodyIsRepeatable();
  }

  private CloseableHttpResponse answered(
      Attempt attempt, CloseableHttpResponse response, Try tried) {
    head.bodyMayBeSent = true;
    Verdict verdict = finish(attempt, Outcomes.response(response));
    if (verdict == Verdict.RETRY || verdict == Verdict.DISCARD && hedges != null) {
      drop(response);
      return null;
    }
    return deliver(attempt, response, tried);
  }

  private CloseableHttpResponse deliver(
      Attempt attempt, CloseableHttpResponse response, Try tried) {
    HttpEntity entity = response.getEntity();
    boolean streaming = entity != null && entity.isStreaming() && tried.holder != null;
    Rewriting.apply(attempt.responseHeaders(), response);
    if (streaming) {
      MeshExec.DELIVERIES.begun(tried.holder, call, attempt);
      if (tried.isAborted()) {
        MeshExec.DELIVERIES.ended(tried.holder);
      }
    } else {
      call.release(attempt);
    }
    return response;
  }

  /** Returns to ask for the next step, or throws. */
  private void failed(
      Attempt attempt, Exception thrown, boolean brokenOff, boolean applicationsLimit)
      throws IOException, HttpException {
    Failure failure = brokenOff ? Failure.TIMEOUT : Outcomes.failure(thrown);
    if (hedges != null && hedges.won() != null) {
      finish(attempt, Outcome.failure(Failure.CANCELLED, thrown));
      return;
    }
    boolean aborted = !brokenOff && isAborted();
    boolean over =
        aborted
            || Thread.currentThread().isInterrupted()
            || (brokenOff ? applicationsLimit : failure == Failure.TIMEOUT);
    if (aborted) {
      failure = Failure.CANCELLED;
    }
    lastFailure = failure;
    head.bodyMayBeSent |= !Outcomes.nothingSent(failure, thrown);
    Verdict verdict = finish(attempt, Outcome.failure(failure, thrown));
    if (over) {
      call.cancel();
    } else if (verdict == Verdict.RETRY || verdict == Verdict.DISCARD && hedges != null) {
      return;
    }
    if (brokenOff) {
      SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
      if (thrown != null) {
        timeout.initCause(thrown);
      }
      throw timeout;
    }
    throw thrown(thrown);
  }

  /** The same, unless it is checked and the library's or the JDK's. */
  private static RuntimeException thrown(Exception thrown) throws IOException, HttpException {
    if (thrown instanceof IOException) {
      throw (IOException) thrown;
    }
    if (thrown instanceof HttpException) {
      throw (HttpException) thrown;
    }
    return (RuntimeException) thrown;
  }

  private boolean isAborted() {
    return aware != null && aware.isAborted();
  }

  /** What is left of the application's socket timeout for this attempt, in ns. */
  private long left() {
    return attempts == 1 && !waited ? Long.MAX_VALUE : leftOfTimeout();
  }

  /** What is left of it for all attempts, in ns; any thread. */
  long leftOfTimeout() {
    long limit = timeoutNanos();
    return limit == Long.MAX_VALUE ? limit : Math.max(1, limit - (System.nanoTime() - begun));
  }

  private long timeoutNanos() {
    int millis = context.getRequestConfig().getSocketTimeout();
    return millis <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
  }

  static void drop(CloseableHttpResponse response) {
    HttpEntity entity = response.getEntity();
    try {
      if (entity != null && entity.getContentLength() >= 0 && entity.getContentLength() < DRAINED) {
        EntityUtils.consume(entity);
      }
    } catch (IOException | RuntimeException broken) {
      // Closing it gives the connection up.
    }
    close(response);
  }

  static void close(CloseableHttpResponse response) {
    try {
      response.close();
    } catch (IOException | RuntimeException alreadyBroken) {
      // Nobody wants it any more.
    }
  }

  private void await(Step.Queue queue, long nanos) throws IOException {
    waited = true;
    long limit = timeoutNanos();
    long end = System.nanoTime() - begun + Math.min(nanos, LONGEST_WAIT_NANOS);
    Parking parking = new Parking(queue);
    try {
      for (; ; ) {
        long elapsed = System.nanoTime() - begun;
        if (elapsed >= limit) {
          call.cancel();
          throw new SocketTimeoutException("Read timed out");
        }
        if (hedges != null && hedges.won() != null) {
          return;
        }
        if (elapsed >= end || parking.await(Math.min(end, limit) - elapsed)) {
          return;
        }
        if (isAborted()) {
          call.cancel();
          throw new RequestAbortedException("Request aborted");
        }
      }
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw new RequestAbortedException("Request aborted", e);
    }
  }
}
