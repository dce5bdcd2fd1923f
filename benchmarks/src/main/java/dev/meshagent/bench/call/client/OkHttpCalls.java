package dev.meshagent.bench.call.client;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** OkHttp, blocking. */
final class OkHttpCalls implements Client {
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .connectionPool(new ConnectionPool(Library.CONNECTIONS, 5, TimeUnit.MINUTES))
          .build();
  private final Request request;

  OkHttpCalls(String url) {
    request = new Request.Builder().url(url).build();
  }

  @Override
  public void call() throws IOException {
    try (Response response = client.newCall(request).execute()) {
      Client.check(response.code());
      response.body().string();
    }
  }
}
