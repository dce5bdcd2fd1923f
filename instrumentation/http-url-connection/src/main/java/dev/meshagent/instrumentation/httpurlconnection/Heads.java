package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the library's {@code MessageHeader}: a list of names and values whose first
 * entry is the request line as a name, or the status line as a value.
 */
final class Heads {
  /** What of it this JDK does not have, or null. */
  static final Throwable MISSING;

  private static final MethodHandle NEW;
  private static final MethodHandle NAME;
  private static final MethodHandle VALUE;
  private static final MethodHandle FIND;
  private static final MethodHandle ADD;
  private static final MethodHandle SET;
  private static final MethodHandle REMOVE;
  private static final MethodHandle RESET;
  private static final MethodHandle VALUES;

  static {
    Members in = new Members();
    Class<?> header = in.type("sun.net.www.MessageHeader");
    NEW = in.constructor(header);
    NAME = in.method(header, "getKey", int.class);
    VALUE = in.method(header, "getValue", int.class);
    FIND = in.method(header, "findValue", String.class);
    ADD = in.method(header, "add", String.class, String.class);
    SET = in.method(header, "set", String.class, String.class);
    REMOVE = in.method(header, "remove", String.class);
    RESET = in.method(header, "reset");
    VALUES = in.method(header, "getHeaders");
    MISSING = in.missing;
  }

  private Heads() {}

  static Object empty() throws Exception {
    return Erased.call(NEW);
  }

  static void clear(Object head) throws Exception {
    Erased.call(RESET, head);
  }

  /** Adds all of a head, its first line included, to an empty one. */
  static void append(Object head, Object to) throws Exception {
    for (int i = 0; ; i++) {
      Object name = Erased.call(NAME, head, i);
      Object value = Erased.call(VALUE, head, i);
      if (name == null && value == null) {
        return;
      }
      Erased.call(ADD, to, name, value);
    }
  }

  /** All values by their names, for the application's own code. */
  @SuppressWarnings("unchecked")
  static Map<String, List<String>> values(Object head) throws Exception {
    return (Map<String, List<String>>) Erased.call(VALUES, head);
  }

  /** A header's value, several joined by a comma, or null. */
  static String value(Object head, String name) throws Exception {
    String all = null;
    for (int i = 0; ; i++) {
      String key = (String) Erased.call(NAME, head, i);
      String value = (String) Erased.call(VALUE, head, i);
      if (key == null && value == null) {
        return all;
      }
      if (value != null && name.equalsIgnoreCase(key)) {
        all = all == null ? value : all + "," + value;
      }
    }
  }

  /** The status of a response, or -1 if its first line has none. */
  static int status(Object response) throws Exception {
    String line = (String) Erased.call(VALUE, response, 0);
    if (line == null || !line.startsWith("HTTP/")) {
      return -1;
    }
    int at = white(line, 0, false);
    at = white(line, at, true);
    int end = white(line, at, false);
    if (end - at == 0 || end - at > 9) {
      return -1;
    }
    int status = 0;
    for (; at < end; at++) {
      int digit = line.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      status = status * 10 + digit;
    }
    return status;
  }

  /** Where white space ends from an index on, or else begins. */
  private static int white(String line, int from, boolean ends) {
    int at = from;
    while (at < line.length() && (line.charAt(at) <= ' ') == ends) {
      at++;
    }
    return at;
  }

  /** The Content-Length, or -1. */
  static long length(Object response) throws Exception {
    String value = first(response, "Content-Length");
    try {
      return value == null ? -1 : Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The head as an attempt wants it: a copy, or null where it is the application's. */
  static Object rewritten(Object head, Attempt attempt) throws Exception {
    return attempt.rewrites() ? copy(head, attempt) : null;
  }

  /** A copy, as the attempt wants it. */
  static Object copy(Object head, Attempt attempt) throws Exception {
    Object copy = empty();
    String requestLine = (String) Erased.call(NAME, head, 0);
    Erased.call(ADD, copy, line(requestLine, attempt.pathAndQuery()), null);
    for (int i = 1; ; i++) {
      String name = (String) Erased.call(NAME, head, i);
      if (name == null) {
        break;
      }
      Erased.call(ADD, copy, name, Erased.call(VALUE, head, i));
    }
    apply(attempt.requestHeaders(), copy);
    if (attempt.authority() != null) {
      Erased.call(SET, copy, "Host", attempt.authority());
    }
    return copy;
  }

  /** {@code GET /a HTTP/1.1} with another path. */
  private static String line(String requestLine, String pathAndQuery) {
    int first = requestLine.indexOf(' ');
    int last = requestLine.lastIndexOf(' ');
    return pathAndQuery == null || first < 0 || last <= first
        ? requestLine
        : requestLine.substring(0, first + 1) + pathAndQuery + requestLine.substring(last);
  }

  /** Removes, sets, then adds. */
  static void apply(HeaderOps operations, Object head) throws Exception {
    if (operations.isEmpty()) {
      return; // To look into three empty collections makes garbage.
    }
    for (String name : operations.remove) {
      Erased.call(REMOVE, head, name);
    }
    for (Map.Entry<String, String> header : operations.set.entrySet()) {
      Erased.call(REMOVE, head, header.getKey());
      Erased.call(ADD, head, header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : operations.add.entrySet()) {
      for (String value : header.getValue()) {
        Erased.call(ADD, head, header.getKey(), value);
      }
    }
  }

  /** A header's first value, or null. */
  static String first(Object head, String name) throws Exception {
    return (String) Erased.call(FIND, head, name);
  }
}
