package dev.meshagent.bench.call.client;

import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;

/** Apache HttpClient 5, asynchronous, waited for. */
final class ApacheHttpClient5AsyncCalls implements Client {
  private final CloseableHttpAsyncClient client =
      HttpAsyncClientBuilder.create()
          .setConnectionManager(
              PoolingAsyncClientConnectionManagerBuilder.create()
                  .setMaxConnPerRoute(Library.CONNECTIONS)
                  .setMaxConnTotal(Library.CONNECTIONS)
                  .build())
          .build();
  private final String url;

  ApacheHttpClient5AsyncCalls(String url) {
    this.url = url;
    client.start();
  }

  @Override
  public void call() throws InterruptedException, ExecutionException {
    SimpleHttpRequest request = SimpleRequestBuilder.get(url).build();
    Client.check(client.execute(request, null).get().getCode());
  }
}
