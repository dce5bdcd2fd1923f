package dev.meshagent.instrumentation.apachehttpclient4;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.HttpEntity;
import org.apache.http.HttpException;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.conn.ClientConnectionRequest;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.params.BasicHttpParams;
import org.apache.http.params.DefaultedHttpParams;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpCoreContext;
import org.apache.http.protocol.HttpRequestExecutor;

/**
 * What the last link of a chain is to newer clients, for the deprecated connections: leases one,
 * opens it, sends a request that is complete, and gives the connection back when the response was
 * read. Of one call.
 */
final class DirectExec implements ClientExecChain {
  /** {@link EndpointPool} looks for it under this name, as in the library's links. */
  private final ClientConnectionManager connManager;

  private final HttpRequestExecutor executor;
  private final ConnectionReuseStrategy reuse;
  private final ConnectionKeepAliveStrategy keepAlive;
  private final HttpParams params;

  /**
   * @param arguments of the director's constructor
   */
  DirectExec(ClientConnectionManager connections, Object[] arguments) {
    this.connManager = connections;
    this.executor = (HttpRequestExecutor) arguments[1];
    this.reuse = (ConnectionReuseStrategy) arguments[3];
    this.keepAlive = (ConnectionKeepAliveStrategy) arguments[4];
    this.params = (HttpParams) arguments[arguments.length - 1];
  }

  @Override
  public CloseableHttpResponse execute(
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      HttpExecutionAware aware)
      throws IOException, HttpException {
    RequestConfig config = context.getRequestConfig();
    ManagedClientConnection connection = lease(route, context, config, aware);
    Lease lease = new Lease(connection);
    boolean done = false;
    try {
      if (config.isStaleConnectionCheckEnabled() && connection.isOpen() && connection.isStale()) {
        connection.close();
      }
      context.setAttribute(HttpCoreContext.HTTP_CONNECTION, connection);
      cancellable(aware, lease);
      if (!connection.isOpen()) {
        Pins.open(connection, route, context, within(config.getConnectTimeout()));
      }
      connection.setSocketTimeout(Math.max(0, config.getSocketTimeout()));
      HttpResponse response = executor.execute(request, connection, context);
      boolean kept = reuse.keepAlive(response, context);
      if (kept) {
        connection.setIdleDuration(
            keepAlive.getKeepAliveDuration(response, context), TimeUnit.MILLISECONDS);
      }
      HttpEntity entity = response.getEntity();
      if (entity == null || !entity.isStreaming()) {
        lease.release(kept);
      } else {
        response.setEntity(new LeasedEntity(entity, lease, kept));
      }
      done = true;
      return new LeasedResponse(response, lease);
    } finally {
      if (!done) {
        lease.cancel();
      }
    }
  }

  private ManagedClientConnection lease(
      HttpRoute route, HttpClientContext context, RequestConfig config, HttpExecutionAware aware)
      throws IOException {
    ClientConnectionRequest leasing = connManager.requestConnection(route, context.getUserToken());
    cancellable(
        aware,
        () -> {
          leasing.abortRequest();
          return true;
        });
    try {
      return leasing.getConnection(
          Math.max(0, config.getConnectionRequestTimeout()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestAbortedException("Request aborted", e);
    }
  }

  private static void cancellable(HttpExecutionAware aware, Cancellable cancellable)
      throws RequestAbortedException {
    if (aware == null) {
      return;
    }
    if (aware.isAborted()) {
      throw new RequestAbortedException("Request aborted");
    }
    aware.setCancellable(cancellable);
  }

  private HttpParams within(int connectTimeoutMillis) {
    HttpParams limited = new BasicHttpParams();
    HttpConnectionParams.setConnectionTimeout(limited, Math.max(0, connectTimeoutMillis));
    return new DefaultedHttpParams(limited, params);
  }
}
