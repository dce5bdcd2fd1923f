package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an attempt sends otherwise than the application wrote it. The application's own request
 * stays as it is, for it is seen again in the response. Immutable.
 */
final class Rewriting {
  private static final String HOST = "host";
  private static final String PATH = ":path";
  private static final String AUTHORITY = ":authority";

  /** Instead of those that the application set. */
  final HttpHeaders userHeaders;

  /** Or null for the application's. */
  final String pathAndQuery;

  private final String authority;

  /** The client's own headers that stand among the application's instead. */
  private final Map<String, List<String>> moved;

  private Rewriting(
      HttpHeaders userHeaders,
      String pathAndQuery,
      String authority,
      Map<String, List<String>> moved) {
    this.userHeaders = userHeaders;
    this.pathAndQuery = pathAndQuery;
    this.authority = authority;
    this.moved = moved;
  }

  /**
   * The rewriting of an attempt, or null if it sends the request as it is.
   *
   * @param user the application's headers
   * @param system those that the client adds; what is changed of them moves to the application's
   * @param before of the exchange's last attempt, or null
   */
  static Rewriting of(
      Attempt attempt, HttpHeaders user, Map<String, List<String>> system, Rewriting before) {
    if (before != null) {
      before.undo(system);
    }
    if (!attempt.rewrites()) {
      return null;
    }
    HeaderOps ops = attempt.requestHeaders();
    String path = attempt.pathAndQuery();
    String authority = attempt.authority();
    Map<String, List<String>> headers = copy(user);
    Map<String, List<String>> moved = new HashMap<>();
    for (List<String> names : touched(ops)) {
      for (String name : names) {
        List<String> added = system.remove(name);
        if (added != null) {
          moved.put(name, added);
          headers.putIfAbsent(name, new ArrayList<>(added));
        }
      }
    }
    ops.apply(headers);
    if (authority != null) {
      headers.put(HOST, Collections.singletonList(authority));
    }
    return new Rewriting(headers(headers), path, authority, moved);
  }

  /** Gives the client its own headers back. */
  void undo(Map<String, List<String>> system) {
    system.putAll(moved);
  }

  private static List<List<String>> touched(HeaderOps ops) {
    List<List<String>> names = new ArrayList<>();
    names.add(ops.remove);
    names.add(new ArrayList<>(ops.set.keySet()));
    names.add(new ArrayList<>(ops.add.keySet()));
    return names;
  }

  /** Headers after the changes; names that stay are written as before. */
  static HttpHeaders changed(HttpHeaders before, HeaderOps ops) {
    Map<String, List<String>> headers = copy(before);
    ops.apply(headers);
    return headers(headers);
  }

  /** The pseudo headers of HTTP/2 after the rewriting. */
  HttpHeaders pseudo(HttpHeaders before) {
    Map<String, List<String>> headers = copy(before);
    if (pathAndQuery != null) {
      headers.put(PATH, Collections.singletonList(pathAndQuery));
    }
    if (authority != null) {
      headers.put(AUTHORITY, Collections.singletonList(authority));
    }
    return headers(headers);
  }

  private static Map<String, List<String>> copy(HttpHeaders headers) {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, List<String>> header : headers.map().entrySet()) {
      copy.put(header.getKey(), new ArrayList<>(header.getValue()));
    }
    return copy;
  }

  private static HttpHeaders headers(Map<String, List<String>> headers) {
    return HttpHeaders.of(headers, (name, value) -> true);
  }
}
