package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import java.net.URI;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultAuthenticationStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.ConnectExec;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;

/**
 * The wrapper in a client that was put together by hand, against an engine whose answers are
 * written beforehand. What weaving brings is for the contract suite.
 */
class ClassicHopTest extends BlockingBehaviours {
  private final CloseableHttpClient client =
      HttpClientBuilder.create()
          .disableAutomaticRetries()
          .replaceExecInterceptor(
              ChainElement.CONNECT.name(),
              (ExecChainHandler)
                  MeshExec.around(
                      new ConnectExec(
                          DefaultConnectionReuseStrategy.INSTANCE,
                          new DefaultHttpProcessor(new HttpRequestInterceptor[0]),
                          DefaultAuthenticationStrategy.INSTANCE)))
          .build();

  @AfterEach
  void close() throws Exception {
    client.close();
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(uri));
    if (body != null) {
      request.setEntity(new StringEntity(body));
    }
    if (timeoutMillis > 0) {
      request.setConfig(
          RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(timeoutMillis)).build());
    }
    try (CloseableHttpResponse response = client.execute(request)) {
      HttpEntity entity = response.getEntity();
      Answer answer =
          new Answer(response.getCode(), entity == null ? null : EntityUtils.toString(entity));
      for (Header header : response.getHeaders()) {
        answer.header(header.getName(), header.getValue());
      }
      return answer;
    }
  }
}
