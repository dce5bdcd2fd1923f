package dev.meshagent.bench.call.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;

/** The JDK's HttpURLConnection. */
final class HttpUrlConnectionCalls implements Client {
  private final URL url;

  HttpUrlConnectionCalls(String url) throws IOException {
    // By itself it keeps five.
    System.setProperty("http.maxConnections", String.valueOf(Library.CONNECTIONS));
    this.url = URI.create(url).toURL();
  }

  @Override
  public void call() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    Client.check(connection.getResponseCode());
    try (InputStream in = connection.getInputStream()) {
      in.readAllBytes();
    }
  }
}
