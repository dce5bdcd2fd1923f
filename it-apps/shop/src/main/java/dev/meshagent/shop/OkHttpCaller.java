package dev.meshagent.shop;

import java.io.IOException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Calls with OkHttp. */
final class OkHttpCaller implements Caller {
  private final OkHttpClient client =
      new OkHttpClient.Builder().callTimeout(Duration.ofMillis(TIMEOUT_MILLIS)).build();

  @Override
  public Answer send(String url, String body) throws IOException {
    Request.Builder request = new Request.Builder().url(url);
    if (body != null) {
      request.post(RequestBody.create(body, null));
    }
    try (Response response = client.newCall(request.build()).execute()) {
      return new Answer(response.code(), response.body().string());
    }
  }
}
