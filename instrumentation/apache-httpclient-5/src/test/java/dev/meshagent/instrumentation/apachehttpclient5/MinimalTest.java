package dev.meshagent.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import dev.meshagent.scripted.Weaving;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A minimal client with its advice, against an engine whose answers are written beforehand. */
class MinimalTest extends BlockingBehaviours {
  private final CloseableHttpClient client = HttpClients.createMinimal();

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new ApacheHttpClient5Module());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    assertThat(Weaving.suppressed()).isEmpty();
  }

  @Override
  protected boolean followsRedirects() {
    return false;
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(uri));
    if (body != null) {
      request.setEntity(new StringEntity(body));
    }
    if (timeoutMillis != 0) {
      request.setConfig(
          RequestConfig.custom().setResponseTimeout(timeoutMillis, TimeUnit.MILLISECONDS).build());
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
