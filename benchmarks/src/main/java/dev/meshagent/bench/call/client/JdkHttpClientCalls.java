package dev.meshagent.bench.call.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The JDK's HttpClient, blocking. */
final class JdkHttpClientCalls implements Client {
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpRequest request;

  JdkHttpClientCalls(String url) {
    request = HttpRequest.newBuilder(URI.create(url)).build();
  }

  @Override
  public void call() throws IOException, InterruptedException {
    Client.check(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
  }
}
