package dev.meshagent.instrumentation.apachehttpclient4;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.apache.http.HttpHost;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;

/** A {@link DeferredConnection} in the deprecated form: directly to its host, and never pooled. */
final class DirectedConnection extends DeferredConnection implements ManagedClientConnection {
  private final HttpRoute route;
  private Object state;
  private boolean reusable;

  DirectedConnection(MeshExec exec, HttpRoute route) {
    super(exec, route);
    this.route = route;
  }

  @Override
  public void open(HttpRoute planned, HttpContext context, HttpParams params) {
    connected(context);
  }

  @Override
  public HttpRoute getRoute() {
    return route;
  }

  @Override
  public boolean isSecure() {
    return route.isSecure();
  }

  @Override
  public void releaseConnection() throws IOException {
    close();
  }

  @Override
  public void abortConnection() throws IOException {
    shutdown();
  }

  @Override
  public void markReusable() {
    reusable = true;
  }

  @Override
  public void unmarkReusable() {
    reusable = false;
  }

  @Override
  public boolean isMarkedReusable() {
    return reusable;
  }

  @Override
  public void setState(Object state) {
    this.state = state;
  }

  @Override
  public Object getState() {
    return state;
  }

  /** The connections behind have their own. */
  @Override
  public void setIdleDuration(long duration, TimeUnit unit) {}

  /** Routes of the mesh are direct. */
  @Override
  public void tunnelTarget(boolean secure, HttpParams params) {
    throw new IllegalStateException("a direct route has no tunnel");
  }

  @Override
  public void tunnelProxy(HttpHost next, boolean secure, HttpParams params) {
    throw new IllegalStateException("a direct route has no tunnel");
  }

  @Override
  public void layerProtocol(HttpContext context, HttpParams params) {
    throw new IllegalStateException("a direct route has no tunnel");
  }

  @Override
  public String getId() {
    return null;
  }

  @Override
  public void bind(Socket socket) {
    throw new IllegalStateException("the sockets are those of the connections behind");
  }

  @Override
  public Socket getSocket() {
    return null;
  }

  @Override
  public SSLSession getSSLSession() {
    return null;
  }

  @Override
  public InetAddress getLocalAddress() {
    return null;
  }

  @Override
  public int getLocalPort() {
    return -1;
  }

  @Override
  public InetAddress getRemoteAddress() {
    return null;
  }

  @Override
  public int getRemotePort() {
    return -1;
  }
}
