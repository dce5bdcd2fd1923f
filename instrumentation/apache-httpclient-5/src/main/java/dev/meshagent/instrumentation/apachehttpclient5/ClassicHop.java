package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.BlockingHop;
import dev.meshagent.spi.drive.Draining;
import dev.meshagent.spi.drive.Hedges;
import java.io.IOException;
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
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;

/** One request and its response on its way through the mesh. */
final class ClassicHop
    extends BlockingHop<ClassicHttpResponse, ClassicHedges.Beside, HttpException> {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  final ExecChainHandler connect;
  final EndpointPool pool;
  final ClassicHttpRequest request;
  final ExecChain.Scope scope;
  final ExecChain chain;
  private final RequestView head;
  final Header[] headers;
  private boolean takenByMesh;

  ClassicHop(
      Mesh mesh,
      MeshCall call,
      ExecChainHandler connect,
      EndpointPool pool,
      ClassicHttpRequest request,
      ExecChain.Scope scope,
      ExecChain chain,
      RequestView head) {
    super(mesh, call, ApacheHttpClient5Module.NAME);
    this.connect = connect;
    this.pool = pool;
    this.request = request;
    this.scope = scope;
    this.chain = chain;
    this.head = head;
    this.headers = request.getHeaders();
  }

  /**
   * The answer of the call. A failure leaves the mark that keeps the library's strategy of retries
   * from repeating it; an answer that is good leaves none, since the mark alone would need a map.
   */
  ClassicHttpResponse answer() throws IOException, HttpException {
    boolean good = false;
    try {
      ClassicHttpResponse response = run();
      good = response.getCode() < HttpStatus.SC_CLIENT_ERROR;
      return response;
    } finally {
      if (takenByMesh && !good) {
        MeshMark.set(scope.clientContext, true);
      }
    }
  }

  @Override
  protected ClassicHttpResponse pass() throws IOException, HttpException {
    return connect.execute(request, scope, chain);
  }

  @Override
  protected void takenByMesh() {
    takenByMesh = true;
  }

  @Override
  protected void leftByMesh() {
    takenByMesh = false;
    request.setHeaders(headers);
  }

  @Override
  protected ClassicHttpResponse synthesize(Step.Respond step) throws IOException, HttpException {
    return answer(Synthesis.classic(step));
  }

  @Override
  protected ClassicHttpResponse synthesize(Step.Redirect step) throws IOException, HttpException {
    return answer(Synthesis.classic(step));
  }

  @Override
  protected IOException exception(Step.Fail step, Failure last) {
    return Outcomes.exception(step, last);
  }

  @Override
  protected boolean isAborted() {
    return scope.execRuntime.isExecutionAborted();
  }

  @Override
  protected IOException aborted(Throwable cause) {
    return cause == null
        ? new RequestFailedException("Request aborted")
        : new RequestFailedException("Request aborted", cause);
  }

  /** The application's response timeout. */
  @Override
  protected long timeoutNanos() {
    RequestConfig config = scope.clientContext.getRequestConfig();
    Timeout timeout = config == null ? null : config.getResponseTimeout();
    return timeout == null || timeout.isDisabled()
        ? Long.MAX_VALUE
        : TimeUnit.MILLISECONDS.toNanos(timeout.toMilliseconds());
  }

  @Override
  protected void bodyMayBeSent() {
    head.bodyMayBeSent = true;
  }

  @Override
  protected Hedges<ClassicHedges.Beside> prepareHedges() {
    return new ClassicHedges(this);
  }

  @Override
  protected ClassicHttpResponse taken(ClassicHedges.Beside won) {
    if (scope.originalRequest instanceof CancellableDependency
        && won.runtime instanceof Cancellable) {
      ((CancellableDependency) scope.originalRequest).setDependency((Cancellable) won.runtime);
    }
    return deliver(won.attempt, won.response, won.tried);
  }

  @Override
  protected ClassicHttpResponse send(Attempt attempt) throws IOException, HttpException {
    ExecRuntime runtime = scope.execRuntime;
    if (runtime.isEndpointAcquired()) {
      // Kept by an authentication round; the endpoint may be another now.
      runtime.releaseEndpoint();
    }
    long left = left();
    ClassicTry tried = new ClassicTry(this, attempt, runtime);
    RequestConfig config = scope.clientContext.getRequestConfig();
    RequestConfig limited = ConnectLimit.within(config, attempt.connectTimeoutNanos());
    ClassicHttpResponse response;
    try {
      ClassicHttpRequest sent =
          isFirst() && !attempt.rewrites() ? request : Rewriting.classic(request, headers, attempt);
      HttpRoute endpoint = EndpointRoute.to(scope.route, attempt);
      pool.use(mesh, attempt, scope.route, endpoint);
      ExecChain.Scope to =
          new ExecChain.Scope(
              scope.exchangeId, endpoint, scope.originalRequest, runtime, scope.clientContext);
      if (isFirst() && isRepeatable()) {
        ClassicMirrors.send(this, attempt);
      }
      if (limited != config) {
        scope.clientContext.setRequestConfig(limited);
      }
      if (isRepeatable()) {
        hedge(attempt, tried);
      }
      tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
      handsOver();
      response = exchange(attempt, sent, to, tried);
    } catch (IOException | HttpException | RuntimeException e) {
      Failure failure = Outcomes.failure(e, tried.connected);
      failed(
          attempt,
          failure,
          e,
          Outcomes.nothingSent(failure, tried.connected),
          tried.end() ? limit(left, attempt) : null);
      return null;
    } finally {
      if (limited != config) {
        scope.clientContext.setRequestConfig(config);
      }
    }
    if (tried.end()) {
      close(response);
      failed(attempt, null, null, false, limit(left, attempt));
      return null;
    }
    return answered(attempt, response, tried);
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

  private boolean isRepeatable() {
    HttpEntity entity = request.getEntity();
    return entity == null || entity.isRepeatable();
  }

  private ClassicHttpResponse answered(
      Attempt attempt, ClassicHttpResponse response, ClassicTry tried) {
    if (wanted(attempt, Outcomes.response(response))) {
      return deliver(attempt, response, tried);
    }
    drop(mesh, response, scope.execRuntime);
    return null;
  }

  private ClassicHttpResponse deliver(
      Attempt attempt, ClassicHttpResponse response, ClassicTry tried) {
    try {
      Rewriting.apply(attempt.responseHeaders(), response);
    } catch (RuntimeException | LinkageError e) {
      mesh.agentError(ApacheHttpClient5Module.NAME, e);
    }
    HttpEntity entity = response.getEntity();
    if (entity == null || !entity.isStreaming()) {
      call.release(attempt);
      return response;
    }
    MeshExec.DELIVERIES.begun(tried);
    if (!tried.runtime.isEndpointAcquired()) {
      // It was cancelled in between.
      MeshExec.DELIVERIES.ended(tried.runtime);
    }
    return response;
  }

  /** Reads what is left of a response that nobody wants, or gives its connection up. */
  static void drop(Mesh mesh, ClassicHttpResponse response, ExecRuntime runtime) {
    HttpEntity entity = response.getEntity();
    try {
      if (entity != null) {
        if (entity.getContentLength() < 0 || entity.getContentLength() > DRAINED) {
          runtime.discardEndpoint();
          return;
        }
        Draining.drain(mesh, () -> EntityUtils.consume(entity), runtime::discardEndpoint);
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
}
