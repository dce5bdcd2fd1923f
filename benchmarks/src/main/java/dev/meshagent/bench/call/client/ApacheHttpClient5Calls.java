package dev.meshagent.bench.call.client;

import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** Apache HttpClient 5, classic. */
final class ApacheHttpClient5Calls implements Client {
  private final CloseableHttpClient client =
      HttpClientBuilder.create()
          .setConnectionManager(
              PoolingHttpClientConnectionManagerBuilder.create()
                  .setMaxConnPerRoute(Library.CONNECTIONS)
                  .setMaxConnTotal(Library.CONNECTIONS)
                  .build())
          .build();
  private final String url;

  ApacheHttpClient5Calls(String url) {
    this.url = url;
  }

  @Override
  public void call() throws IOException {
    client.execute(
        new HttpGet(url),
        response -> {
          Client.check(response.getCode());
          return EntityUtils.toString(response.getEntity());
        });
  }
}
