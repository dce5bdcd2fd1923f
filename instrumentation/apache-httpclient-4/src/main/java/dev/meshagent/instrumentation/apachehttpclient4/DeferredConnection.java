package dev.meshagent.instrumentation.apachehttpclient4;

import java.io.IOException;
import java.net.SocketException;
import org.apache.http.HttpConnectionMetrics;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpCoreContext;

/**
 * Stands for the connection of a client that connects before it looks at its request: remembers the
 * request that it is told to send, and has the mesh send it when the response is asked for. What
 * the application breaks off here is broken off there. Of one thread, but for {@link #shutdown}.
 */
class DeferredConnection implements org.apache.http.HttpClientConnection, HttpExecutionAware {
  private final MeshExec exec;
  private final HttpRoute route;
  private HttpContext context;
  private HttpRequest request;
  private int socketTimeoutMillis = -1;
  private volatile boolean open;
  private volatile boolean aborted;
  private volatile Cancellable cancellable;
  private volatile CloseableHttpResponse response;

  DeferredConnection(MeshExec exec, HttpRoute route) {
    this.exec = exec;
    this.route = route;
  }

  /** The client believes that it is connected now. */
  final void connected(HttpContext context) {
    this.context = context;
    open = true;
  }

  /** The request as it is to be sent on, from what the client would have written. */
  HttpRequestWrapper forwarded(HttpRequest written) {
    return HttpRequestWrapper.wrap(written);
  }

  @Override
  public final void sendRequestHeader(HttpRequest written) {
    request = written;
  }

  @Override
  public final void sendRequestEntity(HttpEntityEnclosingRequest written) {
    request = written;
  }

  @Override
  public final void flush() {}

  /** An answer to an expectation is waited for where the request is really sent. */
  @Override
  public final boolean isResponseAvailable(int millis) {
    return false;
  }

  @Override
  public final HttpResponse receiveResponseHeader() throws HttpException, IOException {
    if (aborted) {
      throw new SocketException("Socket closed");
    }
    CloseableHttpResponse received =
        exec.execute(route, forwarded(request), HttpClientContext.adapt(context), this);
    response = received;
    context.setAttribute(HttpCoreContext.HTTP_CONNECTION, this);
    if (aborted) {
      received.close();
      throw new SocketException("Socket closed");
    }
    return received;
  }

  /** It came with the head. */
  @Override
  public final void receiveResponseEntity(HttpResponse received) {}

  @Override
  public final boolean isAborted() {
    return aborted;
  }

  @Override
  public final void setCancellable(Cancellable cancellable) {
    this.cancellable = cancellable;
    if (aborted) {
      cancellable.cancel();
    }
  }

  /** The client is done with it: what it did not read is given up. */
  @Override
  public final void close() throws IOException {
    open = false;
    CloseableHttpResponse unread = response;
    response = null;
    if (unread != null) {
      unread.close();
    }
  }

  @Override
  public final void shutdown() throws IOException {
    aborted = true;
    Cancellable running = cancellable;
    if (running != null) {
      running.cancel();
    }
    close();
  }

  @Override
  public final boolean isOpen() {
    return open;
  }

  @Override
  public final boolean isStale() {
    return false;
  }

  @Override
  public final void setSocketTimeout(int millis) {
    socketTimeoutMillis = millis;
  }

  @Override
  public final int getSocketTimeout() {
    return socketTimeoutMillis;
  }

  /** Nothing is measured here. */
  @Override
  public final HttpConnectionMetrics getMetrics() {
    return null;
  }
}
