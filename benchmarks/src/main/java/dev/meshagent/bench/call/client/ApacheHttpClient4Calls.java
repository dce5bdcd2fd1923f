package dev.meshagent.bench.call.client;

import java.io.IOException;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.util.EntityUtils;

/** Apache HttpClient 4. */
final class ApacheHttpClient4Calls implements Client {
  private final CloseableHttpClient client =
      HttpClientBuilder.create()
          .setMaxConnPerRoute(Library.CONNECTIONS)
          .setMaxConnTotal(Library.CONNECTIONS)
          .build();
  private final String url;

  ApacheHttpClient4Calls(String url) {
    this.url = url;
  }

  @Override
  public void call() throws IOException {
    try (CloseableHttpResponse response = client.execute(new HttpGet(url))) {
      Client.check(response.getStatusLine().getStatusCode());
      EntityUtils.toString(response.getEntity());
    }
  }
}
