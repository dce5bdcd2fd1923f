package dev.meshagent.engine.routing;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;

/** Reads query parameters and cookies out of the text that was sent. */
public final class Queries {
  private Queries() {}

  /** The path without the query. */
  public static String path(String pathAndQuery) {
    int question = pathAndQuery.indexOf('?');
    return question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
  }

  /** The first value of a query parameter, decoded; null if there is none. */
  public static String value(String pathAndQuery, String name) {
    int start = pathAndQuery.indexOf('?') + 1;
    while (start > 0 && start <= pathAndQuery.length()) {
      int end = pathAndQuery.indexOf('&', start);
      end = end < 0 ? pathAndQuery.length() : end;
      int equals = pathAndQuery.indexOf('=', start);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (decode(pathAndQuery.substring(start, nameEnd)).equals(name)) {
        return nameEnd == end ? "" : decode(pathAndQuery.substring(nameEnd + 1, end));
      }
      start = end + 1;
      if (end == pathAndQuery.length()) {
        break;
      }
    }
    return null;
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, "UTF-8");
    } catch (IllegalArgumentException | UnsupportedEncodingException e) {
      // Not encoded as it should be: the server will see the same characters.
      return text;
    }
  }

  /** The value of a cookie in a Cookie header; null if there is none. */
  public static String cookie(String header, String name) {
    if (header == null) {
      return null;
    }
    for (String pair : header.split("[;,]")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).trim().equals(name)) {
        return pair.substring(equals + 1).trim();
      }
    }
    return null;
  }
}
