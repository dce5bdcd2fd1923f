package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;

/** Makes the request of an attempt from the application's, as the attempt says. */
final class Rewriting {
  private Rewriting() {}

  /**
   * @param headers those that the request had before the library's interceptors first saw it
   */
  static ClassicHttpRequest classic(ClassicHttpRequest request, Header[] headers, Attempt attempt) {
    ClassicHttpRequest copy = new BasicClassicHttpRequest(request.getMethod(), request.getPath());
    copy.setEntity(request.getEntity());
    write(request, headers, attempt, copy);
    return copy;
  }

  /** As {@link #classic}, without a body. */
  static HttpRequest asynchronous(HttpRequest request, Header[] headers, Attempt attempt) {
    HttpRequest copy = new BasicHttpRequest(request.getMethod(), request.getPath());
    write(request, headers, attempt, copy);
    return copy;
  }

  private static void write(
      HttpRequest request, Header[] headers, Attempt attempt, HttpRequest copy) {
    copy.setVersion(request.getVersion());
    copy.setScheme(request.getScheme());
    copy.setAuthority(request.getAuthority());
    copy.setHeaders(headers);
    apply(attempt.requestHeaders(), copy);
    if (attempt.pathAndQuery() != null) {
      copy.setPath(attempt.pathAndQuery());
    }
    String authority = attempt.authority();
    if (authority != null) {
      try {
        copy.setAuthority(URIAuthority.create(authority));
      } catch (URISyntaxException unusable) {
        throw new IllegalStateException(authority + " is no authority", unusable);
      }
      if (copy.containsHeader(HttpHeaders.HOST)) {
        copy.setHeader(HttpHeaders.HOST, authority);
      }
    }
  }

  /** Removes, sets, then adds. */
  static void apply(HeaderOps operations, HttpMessage message) {
    if (operations.isEmpty()) {
      return; // As most are; even their iterators would be garbage.
    }
    for (String name : operations.remove) {
      message.removeHeaders(name);
    }
    for (Map.Entry<String, String> header : operations.set.entrySet()) {
      message.removeHeaders(header.getKey());
      message.addHeader(header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : operations.add.entrySet()) {
      for (String value : header.getValue()) {
        message.addHeader(header.getKey(), value);
      }
    }
  }
}
