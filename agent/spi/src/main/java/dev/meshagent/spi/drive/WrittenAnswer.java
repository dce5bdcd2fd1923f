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

  /**
   * As IANA registers them (RFC 9110 section 15 and others), and the teapot of RFC 2324; a status
   * that is not here has no phrase, which is allowed.
   */
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

  /** The reason phrase of a status, empty where none is registered. */
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
    phrases.put(203, "Non-Authoritative Information");
    phrases.put(204, "No Content");
    phrases.put(205, "Reset Content");
    phrases.put(206, "Partial Content");
    phrases.put(300, "Multiple Choices");
    phrases.put(301, "Moved Permanently");
    phrases.put(302, "Found");
    phrases.put(303, "See Other");
    phrases.put(304, "Not Modified");
    phrases.put(305, "Use Proxy");
    phrases.put(307, "Temporary Redirect");
    phrases.put(308, "Permanent Redirect");
    phrases.put(400, "Bad Request");
    phrases.put(401, "Unauthorized");
    phrases.put(402, "Payment Required");
    phrases.put(403, "Forbidden");
    phrases.put(404, "Not Found");
    phrases.put(405, "Method Not Allowed");
    phrases.put(406, "Not Acceptable");
    phrases.put(407, "Proxy Authentication Required");
    phrases.put(408, "Request Timeout");
    phrases.put(409, "Conflict");
    phrases.put(410, "Gone");
    phrases.put(411, "Length Required");
    phrases.put(412, "Precondition Failed");
    phrases.put(413, "Content Too Large");
    phrases.put(414, "URI Too Long");
    phrases.put(415, "Unsupported Media Type");
    phrases.put(416, "Range Not Satisfiable");
    phrases.put(417, "Expectation Failed");
    phrases.put(418, "I'm a teapot");
    phrases.put(421, "Misdirected Request");
    phrases.put(422, "Unprocessable Content");
    phrases.put(423, "Locked");
    phrases.put(424, "Failed Dependency");
    phrases.put(425, "Too Early");
    phrases.put(426, "Upgrade Required");
    phrases.put(428, "Precondition Required");
    phrases.put(429, "Too Many Requests");
    phrases.put(431, "Request Header Fields Too Large");
    phrases.put(451, "Unavailable For Legal Reasons");
    phrases.put(500, "Internal Server Error");
    phrases.put(501, "Not Implemented");
    phrases.put(502, "Bad Gateway");
    phrases.put(503, "Service Unavailable");
    phrases.put(504, "Gateway Timeout");
    phrases.put(505, "HTTP Version Not Supported");
    phrases.put(507, "Insufficient Storage");
    phrases.put(508, "Loop Detected");
    phrases.put(511, "Network Authentication Required");
    return Collections.unmodifiableMap(phrases);
  }
}
