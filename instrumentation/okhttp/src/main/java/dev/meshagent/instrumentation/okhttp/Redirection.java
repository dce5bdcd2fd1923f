package dev.meshagent.instrumentation.okhttp;

import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Follows a redirect that the library itself does not see: one that no server sent, or that a hedge
 * was answered with.
 */
final class Redirection {
  private Redirection() {}

  /** Whether a response is one that the library would follow. */
  static boolean isOne(Response response) {
    switch (response.code()) {
      case 300:
      case 301:
      case 302:
      case 303:
      case 307:
      case 308:
        return true;
      default:
        return false;
    }
  }

  /** The request that follows, or null where the client is set not to follow it. */
  static Request follow(OkHttpClient client, Response redirect) {
    Request request = redirect.request();
    String location = redirect.header("Location");
    HttpUrl url = location == null ? null : request.url().resolve(location);
    if (!client.followRedirects() || url == null) {
      return null;
    }
    if (!url.scheme().equals(request.url().scheme()) && !client.followSslRedirects()) {
      return null;
    }
    Request.Builder next = request.newBuilder().url(url);
    boolean kept = redirect.code() == 307 || redirect.code() == 308;
    boolean safe = request.method().equals("GET") || request.method().equals("HEAD");
    if (!kept && !safe) {
      next.method("GET", null)
          .removeHeader("Transfer-Encoding")
          .removeHeader("Content-Length")
          .removeHeader("Content-Type");
    }
    if (!url.host().equals(request.url().host())
        || url.port() != request.url().port()
        || !url.scheme().equals(request.url().scheme())) {
      next.removeHeader("Authorization");
    }
    return next.build();
  }
}
