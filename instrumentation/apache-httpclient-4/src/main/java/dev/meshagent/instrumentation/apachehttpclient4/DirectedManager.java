package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.conn.ClientConnectionRequest;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.scheme.SchemeRegistry;

/**
 * The connections of one call of the deprecated {@code DefaultHttpClient}: to a host of the mesh it
 * gets a {@link DirectedConnection}, behind which {@link DirectExec} stands with the client's own.
 * Every other host has those.
 */
final class DirectedManager implements ClientConnectionManager {
  private final ClientConnectionManager own;
  private final Object[] arguments;

  private DirectedManager(ClientConnectionManager own, Object[] arguments) {
    this.own = own;
    this.arguments = arguments;
  }

  /**
   * @param arguments of the director's constructor
   */
  static Object in(Object[] arguments) {
    return new DirectedManager((ClientConnectionManager) arguments[2], arguments);
  }

  @Override
  public ClientConnectionRequest requestConnection(HttpRoute route, Object state) {
    if (!RequestView.mayBeMesh(Mesh.get(), route)) {
      return own.requestConnection(route, state);
    }
    MeshExec exec = (MeshExec) MeshExec.around(new DirectExec(own, arguments));
    return new ClientConnectionRequest() {
      @Override
      public ManagedClientConnection getConnection(long timeout, TimeUnit unit) {
        return new DirectedConnection(exec, route);
      }

      @Override
      public void abortRequest() {}
    };
  }

  @Override
  public void releaseConnection(
      ManagedClientConnection connection, long validDuration, TimeUnit unit) {
    if (!(connection instanceof DirectedConnection)) {
      own.releaseConnection(connection, validDuration, unit);
    }
  }

  @Override
  public SchemeRegistry getSchemeRegistry() {
    return own.getSchemeRegistry();
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
