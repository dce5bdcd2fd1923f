package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * How the requests of an attempt differ on the wire from those that the library knows: its
 * redirects, authenticators, cookies and cache, and the application, see what was written.
 * Immutable.
 */
final class Rewriting {
  /** Say where the body ends, which the library decides. */
  private static final Set<String> FRAMING =
      new HashSet<>(Arrays.asList("content-length", "transfer-encoding"));

  /** What a request is not sent without. */
  private static final Set<String> NEEDED =
      new HashSet<>(Arrays.asList("content-length", "transfer-encoding", "host"));

  private final HttpUrl written;

  /** Null to leave it. */
  private final String path;

  /** Null for none, where there is a path. */
  private final String query;

  /** Null to leave it. */
  private final String authority;

  private final HeaderOps headers;

  private Rewriting(Request written, Attempt attempt) {
    String pathAndQuery = attempt.pathAndQuery();
    int query = pathAndQuery == null ? -1 : pathAndQuery.indexOf('?');
    this.written = written.url();
    this.path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    this.query = query < 0 ? null : pathAndQuery.substring(query + 1);
    this.authority = attempt.authority();
    this.headers = attempt.requestHeaders();
  }

  /** Null where the policy changes nothing. */
  static Rewriting of(Request written, Attempt attempt) {
    if (!attempt.rewrites()) {
      return null;
    }
    Rewriting rewriting = new Rewriting(written, attempt);
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
    Headers.Builder head = known.headers().newBuilder();
    if (authority != null) {
      head.set("Host", authority);
    }
    apply(headers, head, NEEDED, FRAMING);
    return sent.headers(head.build()).build();
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

  /** The very same response where the policy changes nothing. */
  static Response response(Response received, Attempt attempt) {
    HeaderOps headers = attempt.responseHeaders();
    if (headers.isEmpty()) {
      return received;
    }
    Headers.Builder head = received.headers().newBuilder();
    apply(headers, head, Collections.emptySet(), Collections.emptySet());
    return received.newBuilder().headers(head.build()).build();
  }

  /** Removes, sets, then adds. */
  private static void apply(
      HeaderOps operations, Headers.Builder head, Set<String> unremoved, Set<String> unwritten) {
    for (String name : operations.remove) {
      if (!unremoved.contains(name)) {
        head.removeAll(name);
      }
    }
    for (Map.Entry<String, String> header : operations.set.entrySet()) {
      if (!unwritten.contains(header.getKey())) {
        head.set(header.getKey(), header.getValue());
      }
    }
    for (Map.Entry<String, List<String>> header : operations.add.entrySet()) {
      for (String value : header.getValue()) {
        if (!unwritten.contains(header.getKey())) {
          head.add(header.getKey(), value);
        }
      }
    }
  }
}
