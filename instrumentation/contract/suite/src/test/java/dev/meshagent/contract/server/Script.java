package dev.meshagent.contract.server;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/**
 * How a request wants to be answered, read from its query. The path {@code /echo} answers with what
 * the server saw, any other with the first bytes of the pattern.
 *
 * @param status of the response
 * @param bytes how long its body is
 * @param chunked send the body without Content-Length
 * @param untilClose end the body by closing the connection (HTTP/1.1)
 * @param delayMillis wait so long before the head
 * @param answer a response header, {@code name:value}
 * @param trailer a trailer, {@code name:value}
 * @param location of a redirect
 * @param basic ask for these Basic credentials (base64)
 * @param informational an interim status to send first
 * @param fault what to do instead: {@code close} or {@code reset} before the head, {@code
 *     mid-body}, {@code 503}
 * @param times only to the first so many requests of the key
 * @param key what the request is counted by
 */
record Script(
    boolean echo,
    int status,
    int bytes,
    boolean chunked,
    boolean untilClose,
    int delayMillis,
    String answer,
    String trailer,
    String location,
    String basic,
    int informational,
    String fault,
    int times,
    String key) {

  /**
   * @param target the request target, in origin or absolute form
   */
  static Script parse(String target) {
    int path = target.startsWith("http") ? target.indexOf('/', target.indexOf("//") + 2) : 0;
    QueryStringDecoder decoder = new QueryStringDecoder(target.substring(Math.max(0, path)));
    Map<String, List<String>> query = decoder.parameters();
    return new Script(
        decoder.path().startsWith("/echo"),
        number(query, "status", 200),
        number(query, "bytes", 0),
        query.containsKey("chunked"),
        query.containsKey("until-close"),
        number(query, "delay", 0),
        text(query, "answer"),
        text(query, "trailer"),
        text(query, "location"),
        text(query, "basic"),
        number(query, "informational", 0),
        text(query, "fault"),
        number(query, "times", Integer.MAX_VALUE),
        text(query, "key"));
  }

  /** The fault, or the empty string where this is not among the first requests that get it. */
  String faultOf(int nth) {
    return fault != null && nth <= times ? fault : "";
  }

  private static String text(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null ? null : values.get(0);
  }

  private static int number(Map<String, List<String>> query, String name, int otherwise) {
    String value = text(query, name);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
