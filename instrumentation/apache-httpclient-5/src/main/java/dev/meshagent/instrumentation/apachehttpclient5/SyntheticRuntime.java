package dev.meshagent.instrumentation.apachehttpclient5;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.util.TimeValue;

/** Answers the end of the chain with a response that no server sent; there is no connection. */
final class SyntheticRuntime implements ExecRuntime {
  private final ClassicHttpResponse response;

  SyntheticRuntime(ClassicHttpResponse response) {
    this.response = response;
  }

  @Override
  public ClassicHttpResponse execute(
      String id, ClassicHttpRequest request, HttpClientContext context) {
    if ("HEAD".equalsIgnoreCase(request.getMethod())) {
      response.setEntity(null);
    }
    return response;
  }

  @Override
  public boolean isExecutionAborted() {
    return false;
  }

  @Override
  public boolean isEndpointAcquired() {
    return true;
  }

  @Override
  public void acquireEndpoint(
      String id, HttpRoute route, Object state, HttpClientContext context) {}

  @Override
  public void releaseEndpoint() {}

  @Override
  public void discardEndpoint() {}

  @Override
  public boolean isEndpointConnected() {
    return true;
  }

  @Override
  public void disconnectEndpoint() {}

  @Override
  public void connectEndpoint(HttpClientContext context) {}

  @Override
  public void upgradeTls(HttpClientContext context) {}

  @Override
  public boolean isConnectionReusable() {
    return true;
  }

  @Override
  public void markConnectionReusable(Object state, TimeValue validity) {}

  @Override
  public void markConnectionNonReusable() {}

  @Override
  public ExecRuntime fork(CancellableDependency cancellable) {
    return this;
  }
}
