package dev.meshagent.shop;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Calls with Apache HttpClient 5. */
final class Apache5Caller implements Caller {
  private final CloseableHttpClient client =
      HttpClients.custom()
          .setDefaultRequestConfig(
              RequestConfig.custom()
                  .setResponseTimeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                  .build())
          .build();

  @Override
  public Answer send(String url, String body) throws IOException {
    HttpUriRequestBase request = body == null ? new HttpGet(url) : new HttpPost(url);
    if (body != null) {
      request.setEntity(new StringEntity(body));
    }
    return client.execute(
        request,
        response ->
            new Answer(
                response.getCode(),
                response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity())));
  }
}
