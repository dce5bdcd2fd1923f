package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** A connection that fails to be made, with what a call has failed with. */
final class Unconnected extends ConnectionEndpoint {
  private final Exception failure;

  Unconnected(Exception failure) {
    this.failure = failure;
  }

  void fail() throws IOException {
    if (failure instanceof IOException) {
      throw (IOException) failure;
    }
    throw (RuntimeException) failure;
  }

  @Override
  public ClassicHttpResponse execute(
      String id, ClassicHttpRequest request, HttpRequestExecutor executor, HttpContext context)
      throws IOException {
    fail();
    return null;
  }

  @Override
  public boolean isConnected() {
    return false;
  }

  @Override
  public void setSocketTimeout(Timeout timeout) {}

  @Override
  public void close(CloseMode mode) {}

  @Override
  public void close() {}
}
