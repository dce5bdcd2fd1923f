package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Step;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes responses that no server sent in the form of HTTP/1.1, for libraries that read them as if
 * they came from a connection.
 */
public final class WrittenAnswer {
  private static final byte[] NOTHING = new byte[0];

  /** RFC 9110 section 15; a status that is not here has no phrase, which is allowed. */
  private static final Map<Integer, String> PHRASES = phrases();

  private WrittenAnswer() {}

  /**
   * @param method of the request: the answer to HEAD has the length of a body that does not come
   */
  public static byte[] of(Step.Respond step, String method) {
    boolean bodiless = step.status == 204 || step.status == 304;
    StringBuilder head = new StringBuilder();
    head.append(statusLine(step.status));
    boolean length = false;
    for (Map.Entry<String, String> header : step.headers.entrySet()) {
      length |= header.getKey().equalsIgnoreCase("content-length");
      line(head, header.getKey(), header.getValue());
    }
    if (!length && !bodiless) {
      line(head, "Content-Length", Integer.toString(step.body.length));
    }
    return join(head, bodiless || method.equals("HEAD") ? NOTHING : step.body);
  }

  public static byte[] of(Step.Redirect step) {
    StringBuilder head = new StringBuilder(statusLine(step.status));
    line(head, "Location", step.location);
    line(head, "Content-Length", "0");
    return join(head, NOTHING);
  }

  /** The reason phrase of a status, empty where RFC 9110 has none. */
  public static String phrase(int status) {
    String phrase = PHRASES.get(status);
    return phrase == null ? "" : phrase;
  }

  private static String statusLine(int status) {
    return "HTTP/1.1 " + status + " " + phrase(status) + "\r\n";
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static byte[] join(StringBuilder head, byte[] body) {
    byte[] octets = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length + body.length);
    out.write(octets, 0, octets.length);
    out.write(body, 0, body.length);
    return out.toByteArray();
  }

  private static Map<Integer, String> phrases() {
    Map<Integer, String> phrases = new HashMap<>();
    phrases.put(200, "OK");
    phrases.put(201, "Created");
    phrases.put(202, "Accepted");
    phrases.put(204, "No Content");
    phrases.put(301, "Moved Permanently");
    phrases.put(302, "Found");
    phrases.put(303, "See Other");
    phrases.put(304, "Not Modified");
    phrases.put(307, "Temporary Redirect");
    phrases.put(308, "Permanent Redirect");
    phrases.put(400, "Bad Request");
    phrases.put(401, "Unauthorized");
    phrases.put(403, "Forbidden");
    phrases.put(404, "Not Found");
    phrases.put(405, "Method Not Allowed");
    phrases.put(408, "Request Timeout");
    phrases.put(409, "Conflict");
    phrases.put(410, "Gone");
    phrases.put(418, "I'm a teapot");
    phrases.put(429, "Too Many Requests");
    phrases.put(500, "Internal Server Error");
    phrases.put(501, "Not Implemented");
    phrases.put(502, "Bad Gateway");
    phrases.put(503, "Service Unavailable");
    phrases.put(504, "Gateway Timeout");
    return Collections.unmodifiableMap(phrases);
  }
}
