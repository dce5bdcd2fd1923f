package dev.meshagent.shop;

import java.io.IOException;
import org.apache.http.HttpEntity;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/** Calls with Apache HttpClient 4. */
final class Apache4Caller implements Caller {
  private final CloseableHttpClient client =
      HttpClients.custom()
          .setDefaultRequestConfig(RequestConfig.custom().setSocketTimeout(TIMEOUT_MILLIS).build())
          .build();

  @Override
  public Answer send(String url, String body) throws IOException {
    try (CloseableHttpResponse response = client.execute(request(url, body))) {
      HttpEntity entity = response.getEntity();
      return new Answer(
          response.getStatusLine().getStatusCode(),
          entity == null ? "" : EntityUtils.toString(entity));
    }
  }

  private static HttpUriRequest request(String url, String body) throws IOException {
    if (body == null) {
      return new HttpGet(url);
    }
    HttpPost post = new HttpPost(url);
    post.setEntity(new StringEntity(body));
    return post;
  }
}
