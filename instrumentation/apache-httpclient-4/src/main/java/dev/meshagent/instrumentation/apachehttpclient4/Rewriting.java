package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpMessage;
import org.apache.http.client.methods.HttpRequestWrapper;

/** Makes the request of an attempt from the application's, as the attempt says. */
final class Rewriting {
  private Rewriting() {}

  /**
   * @param headers those that the request had before its first attempt
   */
  static HttpRequestWrapper copy(HttpRequestWrapper request, Header[] headers, Attempt attempt) {
    HttpRequestWrapper copy = HttpRequestWrapper.wrap(request);
    copy.setHeaders(headers);
    apply(attempt.requestHeaders(), copy);
    if (attempt.pathAndQuery() != null) {
      copy.setURI(URI.create(attempt.pathAndQuery()));
    }
    if (attempt.authority() != null) {
      copy.setHeader(HttpHeaders.HOST, attempt.authority());
    }
    return copy;
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
