package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BodyBehaviours;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultAuthenticationStrategy;
import org.apache.hc.client5.http.impl.async.AsyncConnectExec;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As {@link ClassicHopTest}, for the asynchronous client. */
class AsyncHopTest extends BodyBehaviours {
  private final CloseableHttpAsyncClient client =
      HttpAsyncClientBuilder.create()
          .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
          .disableAutomaticRetries()
          .replaceExecInterceptor(
              ChainElement.CONNECT.name(),
              (AsyncExecChainHandler)
                  AsyncMeshExec.around(
                      new AsyncConnectExec(
                          new DefaultHttpProcessor(new HttpRequestInterceptor[0]),
                          DefaultAuthenticationStrategy.INSTANCE)))
          .build();

  @BeforeEach
  void start() {
    client.start();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
  }

  @Test
  void theEndpointIsFreeAgainWhenTheBodyIsAtItsEnd() throws Exception {
    mesh.service("orders", servers.echo("x"));
    send("GET", "http://orders/", null);
    mesh.calls.element().released.await();
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    try {
      SimpleHttpRequest request = new SimpleHttpRequest(method, URI.create(uri));
      if (body != null) {
        request.setBody(body, ContentType.TEXT_PLAIN);
      }
      if (timeoutMillis > 0) {
        request.setConfig(
            RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(timeoutMillis))
                .build());
      }
      SimpleHttpResponse response = client.execute(request, null).get();
      Answer answer = new Answer(response.getCode(), response.getBodyText());
      for (Header header : response.getHeaders()) {
        answer.header(header.getName(), header.getValue());
      }
      return answer;
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
