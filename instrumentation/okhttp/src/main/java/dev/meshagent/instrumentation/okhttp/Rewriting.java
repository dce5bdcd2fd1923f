package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.List;
import java.util.Map;
import okhttp3.Request;
import okhttp3.Response;

/** A request as an attempt sends it, and its response as the application gets it. */
final class Rewriting {
  private Rewriting() {}

  /** The very same request where the policy changes nothing. */
  static Request request(Request written, Attempt attempt) {
    HeaderOps headers = attempt.requestHeaders();
    String path = attempt.pathAndQuery();
    String authority = attempt.authority();
    if (headers.isEmpty() && path == null && authority == null) {
      return written;
    }
    Request.Builder sent = written.newBuilder();
    if (path != null) {
      int query = path.indexOf('?');
      sent.url(
          written
              .url()
              .newBuilder()
              .encodedPath(query < 0 ? path : path.substring(0, query))
              .encodedQuery(query < 0 ? null : path.substring(query + 1))
              .build());
    }
    if (authority != null) {
      sent.header("Host", authority);
    }
    for (String name : headers.remove) {
      sent.removeHeader(name);
    }
    for (Map.Entry<String, String> header : headers.set.entrySet()) {
      sent.header(header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : headers.add.entrySet()) {
      for (String value : header.getValue()) {
        sent.addHeader(header.getKey(), value);
      }
    }
    return sent.build();
  }

  /** The very same response where the policy changes nothing. */
  static Response response(Response received, Request sent, Request written, Attempt attempt) {
    HeaderOps headers = attempt.responseHeaders();
    // A redirect that the library followed by itself has a request of its own.
    boolean ofThatRequest = sent != written && received.request() == sent;
    if (headers.isEmpty() && !ofThatRequest) {
      return received;
    }
    Response.Builder given = received.newBuilder();
    if (ofThatRequest) {
      given.request(written);
    }
    for (String name : headers.remove) {
      given.removeHeader(name);
    }
    for (Map.Entry<String, String> header : headers.set.entrySet()) {
      given.header(header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : headers.add.entrySet()) {
      for (String value : header.getValue()) {
        given.addHeader(header.getKey(), value);
      }
    }
    return given.build();
  }
}
