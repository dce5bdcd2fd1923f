package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * How the requests of an attempt differ on the wire from those that the library knows: its
 * redirects, authenticators, cookies and cache, and the application, see what was written.
 * Immutable.
 */
final class Rewriting {
  private final HttpUrl written;

  /** Null to leave it. */
  private final String path;

  /** Null for none, where there is a path. */
  private final String query;

  /** Null to leave it. */
  private final String authority;

  private final HeaderOps headers;

  private Rewriting(Request written, String pathAndQuery, String authority, HeaderOps headers) {
    int query = pathAndQuery == null ? -1 : pathAndQuery.indexOf('?');
    this.written = written.url();
    this.path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    this.query = query < 0 ? null : pathAndQuery.substring(query + 1);
    this.authority = authority;
    this.headers = headers;
  }

  /** Null where the policy changes nothing. */
  static Rewriting of(Request written, Attempt attempt) {
    HeaderOps headers = attempt.requestHeaders();
    String path = attempt.pathAndQuery();
    String authority = attempt.authority();
    if (headers.isEmpty() && path == null && authority == null) {
      return null;
    }
    Rewriting rewriting = new Rewriting(written, path, authority, headers);
    // What OkHttp does not take is to be found while the request can still go as without the agent.
    rewriting.onTheWire(written);
    return rewriting;
  }

  /** The request that is sent for one of the library's. */
  Request onTheWire(Request known) {
    Request.Builder sent = known.newBuilder();
    if (path != null) {
      sent.url(onTheWire(known.url()));
    }
    if (authority != null) {
      sent.header("Host", authority);
    }
    for (String name : headers.remove) {
      if (!frames(name) && !name.equals("host")) {
        sent.removeHeader(name);
      }
    }
    for (Map.Entry<String, String> header : headers.set.entrySet()) {
      if (!frames(header.getKey())) {
        sent.header(header.getKey(), header.getValue());
      }
    }
    for (Map.Entry<String, List<String>> header : headers.add.entrySet()) {
      for (String value : header.getValue()) {
        if (!frames(header.getKey())) {
          sent.addHeader(header.getKey(), value);
        }
      }
    }
    return sent.build();
  }

  /** What a network interceptor made of the path or the query stays. */
  private HttpUrl onTheWire(HttpUrl known) {
    HttpUrl.Builder sent = known.newBuilder();
    if (known.encodedPath().equals(written.encodedPath())) {
      sent.encodedPath(path);
    }
    if (Objects.equals(known.encodedQuery(), written.encodedQuery())) {
      sent.encodedQuery(query);
    }
    return sent.build();
  }

  /** Whether a header says where the body ends, which the library decides. */
  private static boolean frames(String name) {
    return name.equals("content-length") || name.equals("transfer-encoding");
  }

  /** The very same response where the policy changes nothing. */
  static Response response(Response received, Attempt attempt) {
    HeaderOps headers = attempt.responseHeaders();
    if (headers.isEmpty()) {
      return received;
    }
    Response.Builder given = received.newBuilder();
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
