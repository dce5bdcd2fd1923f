package dev.meshagent.instrumentation.apachehttpclient4;

import org.apache.http.HttpResponse;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.message.BasicHttpResponse;

/** A response over a deprecated connection, which closing it gives up unless it was read. */
final class LeasedResponse extends BasicHttpResponse implements CloseableHttpResponse {
  private final Lease lease;

  LeasedResponse(HttpResponse response, Lease lease) {
    super(response.getStatusLine());
    this.lease = lease;
    setHeaders(response.getAllHeaders());
    setEntity(response.getEntity());
    setParams(response.getParams());
  }

  @Override
  public void close() {
    lease.cancel();
  }
}
