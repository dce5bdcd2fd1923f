package dev.meshagent.instrumentation.apachehttpclient5;

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
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;

/**
 * One request and its response on its way through the mesh, on the application's thread: asks the
 * engine what to do, sends through the library's own handler, and tells the engine how that ended.
 * Used once, by one thread.
 *
 * <p>The response timeout of the application is the library's own for the first attempt; further
 * attempts have what is left of it. Hedges run beside it on threads of their own.
 */
final class ClassicHop {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  private static final long LONGEST_WAIT_NANOS = TimeUnit.DAYS.toNanos(1);

  final Mesh mesh;
  final MeshCall call;
  final ExecChainHandler connect;
  final EndpointPool pool;
  final ClassicHttpRequest request;
  final ExecChain.Scope scope;
  final ExecChain chain;
  private final RequestView head;
  final Header[] headers;
  private final long begun = System.nanoTime();

  private int attempts;
  private boolean waited;
  private Failure lastFailure = Failure.NONE;

  /** Null for a call that is not hedged. */
  private ClassicHedges hedges;

  ClassicHop(
      Mesh mesh,
      MeshCall call,
      ExecChainHandler connect,
      EndpointPool pool,
      ClassicHttpRequest request,
      ExecChain.Scope scope,
      ExecChain chain,
      RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.connect = connect;
    this.pool = pool;
    this.request = request;
    this.scope = scope;
    this.chain = chain;
    this.head = head;
    this.headers = request.getHeaders();
  }

  ClassicHttpResponse run() throws IOException, HttpException {
    boolean taken = false;
    try {
      ClassicHttpResponse response = drive();
      taken = hedges != null && hedges.won() != null;
      return response;
    } finally {
      if (hedges != null) {
        hedges.end(taken);
      }
    }
  }

  private ClassicHttpResponse drive() throws IOException, HttpException {
    for (; ; ) {
      ClassicHedges.Beside won = hedges == null ? null : hedges.won();
      if (won != null) {
        return taken(won);
      }
      Step step = next();
      if (step.kind != Step.Kind.PASS) {
        MeshMark.set(scope.clientContext, true);
      }
      switch (step.kind) {
        case PASS:
          return connect.execute(request, scope, chain);
        case ATTEMPT:
          ClassicHttpResponse response = send((Attempt) step);
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
          return answer(Synthesis.classic((Step.Respond) step));
        case REDIRECT:
          return answer(Synthesis.classic((Step.Redirect) step));
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
      mesh.agentError(ApacheHttpClient5Module.NAME, e);
      return Step.PASS;
    }
  }

  /** An error of the engine's is not the application's. */
  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return hedges == null ? call.finish(attempt, outcome) : hedges.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient5Module.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /** Null to ask for the next step. */
  private ClassicHttpResponse send(Attempt attempt) throws IOException, HttpException {
    attempts++;
    ExecRuntime runtime = scope.execRuntime;
    if (runtime.isEndpointAcquired()) {
      // Kept by an authentication round; the endpoint may be another now.
      runtime.releaseEndpoint();
    }
    long left = left();
    ClassicTry tried = new ClassicTry(runtime, chain);
    RequestConfig config = scope.clientContext.getRequestConfig();
    RequestConfig limited = ConnectLimit.within(config, attempt.connectTimeoutNanos());
    Mesh.Timeout timer = null;
    ClassicHttpResponse response;
    try {
      ClassicHttpRequest sent =
          attempts == 1 && Rewriting.unchanged(attempt)
              ? request
              : Rewriting.classic(request, headers, attempt);
      HttpRoute endpoint = EndpointRoute.to(scope.route, attempt);
      pool.use(mesh, attempt, scope.route, endpoint);
      ExecChain.Scope to =
          new ExecChain.Scope(
              scope.exchangeId, endpoint, scope.originalRequest, runtime, scope.clientContext);
      if (attempts == 1 && isRepeatable()) {
        ClassicMirrors.send(mesh, call, attempt, connect, request, headers, scope, chain);
      }
      timer = tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
      if (limited != config) {
        scope.clientContext.setRequestConfig(limited);
      }
      if (isRepeatable()) {
        hedge(attempt, tried);
      }
      response = exchange(attempt, sent, to, tried);
    } catch (IOException | HttpException | RuntimeException e) {
      boolean brokenOff = tried.ended(timer);
      failed(attempt, e, tried.connected, brokenOff, left < attempt.timeoutNanos);
      return null;
    } finally {
      if (limited != config) {
        scope.clientContext.setRequestConfig(config);
      }
    }
    if (tried.ended(timer)) {
      close(response);
      failed(attempt, null, true, true, left < attempt.timeoutNanos);
      return null;
    }
    return answered(attempt, response);
  }

  /**
   * The exchange itself; once more over a connection of its own where the pool had kept one that
   * the server has closed meanwhile, which says nothing about the endpoint.
   */
  private ClassicHttpResponse exchange(
      Attempt attempt, ClassicHttpRequest sent, ExecChain.Scope to, ClassicTry tried)
      throws IOException, HttpException {
    try {
      return connect.execute(sent, to, tried);
    } catch (IOException e) {
      if (!tried.kept
          || Outcomes.failure(e, true) != Failure.RESET
          || !Method.isIdempotent(request.getMethod())
          || !isRepeatable()
          || tried.isBrokenOff()
          || to.execRuntime.isExecutionAborted()) {
        throw e;
      }
      to.execRuntime.acquireEndpoint(
          to.exchangeId, to.route, to.clientContext.getUserToken(), to.clientContext);
      to.execRuntime.disconnectEndpoint();
      return connect.execute(Rewriting.classic(request, headers, attempt), to, tried);
    }
  }

  private void hedge(Attempt attempt, ClassicTry tried) {
    if (hedges == null && attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
      hedges = new ClassicHedges(this);
    }
    if (hedges != null) {
      hedges.own(tried);
      hedges.after(attempt.hedgeAfterNanos());
    }
  }

  /** The answer that came of a hedge. */
  private ClassicHttpResponse taken(ClassicHedges.Beside won) throws IOException, HttpException {
    if (won.failure() != null) {
      throw thrown(won.failure());
    }
    if (scope.execRuntime.isExecutionAborted()) {
      won.drop();
      call.release(won.attempt);
      throw new RequestFailedException("Request aborted");
    }
    if (scope.originalRequest instanceof CancellableDependency
        && won.runtime instanceof Cancellable) {
      ((CancellableDependency) scope.originalRequest).setDependency((Cancellable) won.runtime);
    }
    return deliver(won.attempt, won.response, won.runtime);
  }

  private boolean isRepeatable() {
    HttpEntity entity = request.getEntity();
    return entity == null || entity.isRepeatable();
  }

  private ClassicHttpResponse answered(Attempt attempt, ClassicHttpResponse response) {
    head.bodyMayBeSent = true;
    Verdict verdict = finish(attempt, Outcomes.response(response));
    if (verdict == Verdict.RETRY || verdict == Verdict.DISCARD && hedges != null) {
      drop(response, scope.execRuntime);
      return null;
    }
    return deliver(attempt, response, scope.execRuntime);
  }

  private ClassicHttpResponse deliver(
      Attempt attempt, ClassicHttpResponse response, ExecRuntime runtime) {
    Rewriting.apply(attempt.responseHeaders(), response);
    HttpEntity entity = response.getEntity();
    if (entity == null || !entity.isStreaming()) {
      call.release(attempt);
      return response;
    }
    MeshExec.DELIVERIES.begun(runtime, call, attempt);
    if (!runtime.isEndpointAcquired()) {
      // It was cancelled in between.
      MeshExec.DELIVERIES.ended(runtime);
    }
    return response;
  }

  /** Returns to ask for the next step, or throws. */
  private void failed(
      Attempt attempt,
      Exception thrown,
      boolean connected,
      boolean brokenOff,
      boolean applicationsLimit)
      throws IOException, HttpException {
    Failure failure = brokenOff ? Failure.TIMEOUT : Outcomes.failure(thrown, connected);
    if (hedges != null && hedges.won() != null) {
      finish(attempt, Outcome.failure(Failure.CANCELLED, thrown));
      return;
    }
    boolean aborted = !brokenOff && scope.execRuntime.isExecutionAborted();
    boolean over =
        aborted
            || Thread.currentThread().isInterrupted()
            || (brokenOff ? applicationsLimit : failure == Failure.TIMEOUT);
    if (aborted) {
      failure = Failure.CANCELLED;
    }
    lastFailure = failure;
    head.bodyMayBeSent |= !Outcomes.nothingSent(failure, connected);
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

  /** What is left of the application's response timeout for this attempt, in ns. */
  private long left() {
    return attempts == 1 && !waited ? Long.MAX_VALUE : leftOfTimeout();
  }

  /** What is left of it for all attempts, in ns; any thread. */
  long leftOfTimeout() {
    long limit = responseTimeoutNanos();
    return limit == Long.MAX_VALUE ? limit : Math.max(1, limit - (System.nanoTime() - begun));
  }

  private long responseTimeoutNanos() {
    RequestConfig config = scope.clientContext.getRequestConfig();
    Timeout timeout = config == null ? null : config.getResponseTimeout();
    return timeout == null || timeout.isDisabled()
        ? Long.MAX_VALUE
        : TimeUnit.MILLISECONDS.toNanos(timeout.toMilliseconds());
  }

  /** Reads what is left of a response that nobody wants, or gives its connection up. */
  static void drop(ClassicHttpResponse response, ExecRuntime runtime) {
    HttpEntity entity = response.getEntity();
    try {
      if (entity != null) {
        if (entity.getContentLength() < 0 || entity.getContentLength() > DRAINED) {
          runtime.discardEndpoint();
          return;
        }
        EntityUtils.consume(entity);
      }
      runtime.releaseEndpoint();
    } catch (IOException | RuntimeException broken) {
      runtime.discardEndpoint();
    }
  }

  private void close(ClassicHttpResponse response) {
    scope.execRuntime.discardEndpoint();
    try {
      response.close();
    } catch (IOException | RuntimeException alreadyBroken) {
      // It was broken off on purpose.
    }
  }

  /** Through the rest of the chain, so that interceptors see what they would see. */
  private ClassicHttpResponse answer(ClassicHttpResponse synthesized)
      throws IOException, HttpException {
    return chain.proceed(
        request,
        new ExecChain.Scope(
            scope.exchangeId,
            scope.route,
            scope.originalRequest,
            new SyntheticRuntime(synthesized),
            scope.clientContext));
  }

  private void await(Step.Queue queue, long nanos) throws IOException {
    waited = true;
    long limit = responseTimeoutNanos();
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
        if (scope.execRuntime.isExecutionAborted()) {
          call.cancel();
          throw new RequestFailedException("Request aborted");
        }
      }
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw new RequestFailedException("Request aborted", e);
    }
  }
}
