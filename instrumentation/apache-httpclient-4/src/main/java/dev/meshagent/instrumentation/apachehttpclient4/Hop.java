package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.BlockingHop;
import dev.meshagent.spi.drive.Draining;
import dev.meshagent.spi.drive.Hedges;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.protocol.HttpCoreContext;
import org.apache.http.util.EntityUtils;

/** One request and its response on its way through the mesh. */
final class Hop extends BlockingHop<CloseableHttpResponse, HopHedges.Beside, HttpException> {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  /** RFC 9110 section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      new HashSet<>(Arrays.asList("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"));

  final MeshExec exec;
  final RequestView head;
  final HttpClientContext context;

  /** The application's request, or null if that cannot be cancelled. */
  final HttpExecutionAware aware;

  final Header[] headers;
  private boolean takenByMesh;

  Hop(
      Mesh mesh,
      MeshCall call,
      MeshExec exec,
      RequestView head,
      HttpClientContext context,
      HttpExecutionAware aware) {
    super(mesh, call, ApacheHttpClient4Module.NAME);
    this.exec = exec;
    this.head = head;
    this.context = context;
    this.aware = aware;
    this.headers = head.request.getAllHeaders();
  }

  /**
   * The answer of the call. A failure leaves the mark that keeps the library's handler of retries
   * from repeating it; that handler is not asked about anything else. The context says of the
   * exchange afterwards what it said before: attempts have other hosts, and may have requests of
   * their own.
   */
  CloseableHttpResponse answer() throws IOException, HttpException {
    boolean answered = false;
    HttpHost target = context.getTargetHost();
    HttpRequest written = context.getRequest();
    try {
      context.setTargetHost(TargetHost.withPort(target, head.route));
      CloseableHttpResponse response = run();
      answered = true;
      return response;
    } finally {
      context.setTargetHost(target);
      context.setAttribute(HttpCoreContext.HTTP_REQUEST, written);
      if (takenByMesh && !answered) {
        MeshMark.set(context, true);
      }
    }
  }

  @Override
  protected CloseableHttpResponse pass() throws IOException, HttpException {
    return exec.main.execute(head.route, head.request, context, aware);
  }

  @Override
  protected void takenByMesh() {
    takenByMesh = true;
  }

  @Override
  protected void leftByMesh() {
    takenByMesh = false;
    head.request.setHeaders(headers);
  }

  @Override
  protected CloseableHttpResponse synthesize(Step.Respond step) {
    return SyntheticResponse.of(step, head.request.getMethod());
  }

  @Override
  protected CloseableHttpResponse synthesize(Step.Redirect step) {
    return SyntheticResponse.of(step, head.request.getMethod());
  }

  @Override
  protected IOException exception(Step.Fail step, Failure last) {
    return Outcomes.exception(step, last);
  }

  @Override
  protected boolean isAborted() {
    return aware != null && aware.isAborted();
  }

  @Override
  protected IOException aborted(Throwable cause) {
    return cause == null
        ? new RequestAbortedException("Request aborted")
        : new RequestAbortedException("Request aborted", cause);
  }

  /** The application's socket timeout. */
  @Override
  protected long timeoutNanos() {
    int millis = context.getRequestConfig().getSocketTimeout();
    return millis <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
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
  protected CloseableHttpResponse taken(HopHedges.Beside won) {
    if (aware != null && won.tried.holder instanceof Cancellable) {
      aware.setCancellable((Cancellable) won.tried.holder);
    }
    return deliver(won.attempt, won.response, won.tried);
  }

  @Override
  protected CloseableHttpResponse send(Attempt attempt) throws IOException, HttpException {
    HttpRequestWrapper request = head.request;
    long left = left();
    Try tried = new Try(this, attempt, context, false);
    RequestConfig config = context.getRequestConfig();
    RequestConfig limited = ConnectLimit.within(config, attempt.connectTimeoutNanos());
    CloseableHttpResponse response;
    try {
      HttpRoute to = EndpointRoute.to(head.route, attempt);
      exec.pool.use(mesh, attempt, head.route, to);
      HttpRequestWrapper sent = request;
      if (attempt.rewrites()) {
        sent = Rewriting.copy(request, headers, attempt);
      } else if (!isFirst()) {
        request.setHeaders(headers);
      }
      if (isFirst() && head.bodyIsRepeatable()) {
        Mirrors.send(this, attempt);
      }
      if (limited != config) {
        context.setRequestConfig(limited);
      }
      if (head.bodyIsRepeatable()) {
        hedge(attempt, tried);
      }
      tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
      handsOver();
      try {
        response = exec.main.execute(to, sent, context, tried);
      } catch (IOException e) {
        if (!isStale(e, tried)) {
          throw e;
        }
        // The server closed what the pool had kept: once more, over a connection of its own.
        tried.end();
        tried = new Try(this, attempt, context, true);
        tried.breakOffAfter(mesh, Math.min(left, attempt.timeoutNanos));
        sending(tried);
        if (sent == request) {
          request.setHeaders(headers);
        }
        response = exec.main.execute(to, sent, context, tried);
      }
    } catch (IOException | HttpException | RuntimeException e) {
      Failure failure = Outcomes.failure(e);
      failed(
          attempt,
          failure,
          e,
          Outcomes.nothingSent(failure, e),
          tried.end() ? limit(left, attempt) : null);
      return null;
    } finally {
      if (limited != config) {
        context.setRequestConfig(config);
      }
    }
    if (tried.end()) {
      close(response);
      failed(attempt, null, null, false, limit(left, attempt));
      return null;
    }
    return answered(attempt, response, tried);
  }

  private boolean isStale(IOException e, Try tried) {
    return tried.kept
        && !tried.isAborted()
        && Outcomes.failure(e) == Failure.RESET
        && IDEMPOTENT.contains(head.request.getMethod().toUpperCase(Locale.ROOT))
        && head.bodyIsRepeatable();
  }

  private CloseableHttpResponse answered(
      Attempt attempt, CloseableHttpResponse response, Try tried) {
    if (wanted(attempt, Outcomes.response(response))) {
      return deliver(attempt, response, tried);
    }
    drop(mesh, response);
    return null;
  }

  private CloseableHttpResponse deliver(
      Attempt attempt, CloseableHttpResponse response, Try tried) {
    HttpEntity entity = response.getEntity();
    boolean streaming = entity != null && entity.isStreaming() && tried.holder != null;
    try {
      Rewriting.apply(attempt.responseHeaders(), response);
    } catch (RuntimeException | LinkageError e) {
      mesh.agentError(ApacheHttpClient4Module.NAME, e);
    }
    if (streaming) {
      MeshExec.DELIVERIES.begun(tried);
      if (tried.isAborted()) {
        MeshExec.DELIVERIES.ended(tried.holder);
      }
    } else {
      call.release(attempt);
    }
    return response;
  }

  static void drop(Mesh mesh, CloseableHttpResponse response) {
    HttpEntity entity = response.getEntity();
    try {
      if (entity != null && entity.getContentLength() >= 0 && entity.getContentLength() < DRAINED) {
        Draining.drain(mesh, () -> EntityUtils.consume(entity), () -> close(response));
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
}
