package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.ConnectionRequest;
import org.apache.http.conn.HttpClientConnectionManager;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.MinimalClientExec;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;

/**
 * The connections of a minimal client, whose chain has one link, which connects and sends: to a
 * host of the mesh it gets a {@link DeferredConnection}, behind which a link like it stands with
 * the client's own connections. Every other host has those. Thread-safe if they are.
 */
final class MinimalManager implements HttpClientConnectionManager {
  private final HttpClientConnectionManager own;
  private final MeshExec exec;

  private MinimalManager(HttpClientConnectionManager own, MeshExec exec) {
    this.own = own;
    this.exec = exec;
  }

  /**
   * @param arguments of the link's constructor
   * @return null for a link that is to stay as it is
   */
  static Object in(Object[] arguments) {
    ConnectionReuseStrategy reuse = (ConnectionReuseStrategy) arguments[2];
    if (reuse instanceof Behind) {
      return null;
    }
    HttpClientConnectionManager own = (HttpClientConnectionManager) arguments[1];
    MinimalClientExec behind =
        new MinimalClientExec(
            (HttpRequestExecutor) arguments[0],
            own,
            new Behind(reuse),
            (ConnectionKeepAliveStrategy) arguments[3]);
    return new MinimalManager(own, (MeshExec) MeshExec.around(behind));
  }

  /** Marks the link that stands behind, which connects itself. */
  private static final class Behind implements ConnectionReuseStrategy {
    private final ConnectionReuseStrategy own;

    Behind(ConnectionReuseStrategy own) {
      this.own = own;
    }

    @Override
    public boolean keepAlive(HttpResponse response, HttpContext context) {
      return own.keepAlive(response, context);
    }
  }

  /** The request as it was given to the client, since the link behind adds its headers itself. */
  private static final class Deferred extends DeferredConnection {
    Deferred(MeshExec exec, HttpRoute route) {
      super(exec, route);
    }

    @Override
    HttpRequestWrapper forwarded(HttpRequest written) {
      HttpRequest original = ((HttpRequestWrapper) written).getOriginal();
      HttpRequestWrapper request = HttpRequestWrapper.wrap(original);
      // Under the name as written: the route behind has the endpoint's port.
      request.setHeader(written.getFirstHeader(HttpHeaders.HOST));
      return request;
    }
  }

  @Override
  public ConnectionRequest requestConnection(HttpRoute route, Object state) {
    if (!RequestView.mayBeMesh(Mesh.get(), route)) {
      return own.requestConnection(route, state);
    }
    return new ConnectionRequest() {
      @Override
      public HttpClientConnection get(long timeout, TimeUnit unit) {
        return new Deferred(exec, route);
      }

      @Override
      public boolean cancel() {
        return true;
      }
    };
  }

  @Override
  public void releaseConnection(
      HttpClientConnection connection, Object state, long validDuration, TimeUnit unit) {
    if (!(connection instanceof Deferred)) {
      own.releaseConnection(connection, state, validDuration, unit);
    }
  }

  @Override
  public void connect(
      HttpClientConnection connection, HttpRoute route, int timeoutMillis, HttpContext context)
      throws IOException {
    if (connection instanceof Deferred) {
      ((Deferred) connection).connected(context);
    } else {
      own.connect(connection, route, timeoutMillis, context);
    }
  }

  @Override
  public void upgrade(HttpClientConnection connection, HttpRoute route, HttpContext context)
      throws IOException {
    if (!(connection instanceof Deferred)) {
      own.upgrade(connection, route, context);
    }
  }

  @Override
  public void routeComplete(HttpClientConnection connection, HttpRoute route, HttpContext context)
      throws IOException {
    if (!(connection instanceof Deferred)) {
      own.routeComplete(connection, route, context);
    }
  }

  @Override
  public void closeIdleConnections(long idle, TimeUnit unit) {
    own.closeIdleConnections(idle, unit);
  }

  @Override
  public void closeExpiredConnections() {
    own.closeExpiredConnections();
  }

  @Override
  public void shutdown() {
    own.shutdown();
  }
}
