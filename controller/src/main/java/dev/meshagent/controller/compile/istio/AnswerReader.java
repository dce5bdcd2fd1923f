package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads what the mesh answers by itself: {@code redirect} and {@code directResponse}. Stateless.
 */
final class AnswerReader {
  private static final int MOVED_PERMANENTLY = 301;
  private static final int HIGHEST_PORT = 65535;

  /** Envoy's limit for a body in the configuration. */
  private static final int LONGEST_BODY = 4096;

  private AnswerReader() {}

  static Optional<Redirect> redirect(Node http) {
    return http.object("redirect").map(AnswerReader::readRedirect);
  }

  private static Redirect readRedirect(Node node) {
    String uri = node.text("uri", "");
    if (uri.indexOf('%') >= 0 && uri.matches(".*%[A-Z_]+\\(.*")) {
      node.error("uri", "has one of Envoy's %COMMANDS%, which nobody here replaces; write a path");
    } else if (!uri.isEmpty() && !uri.startsWith("/")) {
      node.error("uri", "is no path; begin it with a slash, and write the host as authority");
    }
    String scheme = node.text("scheme", "");
    if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
      node.error("scheme", "write http or https");
    }
    String host = node.text("authority", "");
    int port = node.integer("port", 1, HIGHEST_PORT, 0);
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && !host.endsWith("]")) {
      String number = host.substring(colon + 1);
      if (!number.matches("[0-9]{1,5}") || Integer.parseInt(number) > HIGHEST_PORT) {
        node.error("authority", "write a host, or a host and a port number after a colon");
      } else if (port == 0) {
        port = Integer.parseInt(number);
      } else {
        node.error("port", "stands beside a port in authority; write it once");
      }
      host = host.substring(0, colon);
    }
    port = derived(node, scheme, port);
    int status = node.integer("redirectCode", 300, 399, MOVED_PERMANENTLY);
    if (uri.isEmpty() && scheme.isEmpty() && host.isEmpty() && port == 0) {
      node.error("leads nowhere else; write uri, authority, scheme or port");
    }
    node.end();
    return new Redirect(status, scheme, host, port, uri, "");
  }

  private static int derived(Node node, String scheme, int port) {
    node.atMostOne("port", "derivePort");
    switch (node.text("derivePort", "")) {
      case "":
        return port;
      case "FROM_PROTOCOL_DEFAULT":
        return -1;
      case "FROM_REQUEST_PORT":
        if (!scheme.isEmpty()) {
          node.error(
              "derivePort",
              "cannot keep the request's port when the scheme changes; write the port itself");
        }
        return port;
      default:
        node.error("derivePort", "write FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT");
        return port;
    }
  }

  /**
   * @param headers of the route; they become those of the response
   */
  static Optional<DirectResponse> response(Node http, HeaderChanges headers) {
    return http.object("directResponse")
        .map(
            node -> {
              if (!node.has("status")) {
                node.error("status", "is missing; write the HTTP status to answer with");
              }
              int status = node.integer("status", 200, 599, 0);
              String body = node.object("body").map(AnswerReader::body).orElse("");
              node.end();
              Map<String, String> fields = new TreeMap<>(headers.response().set);
              headers.response().add.forEach((k, v) -> fields.put(k, String.join(", ", v)));
              return new DirectResponse(status, fields, body);
            });
  }

  private static String body(Node node) {
    node.exactlyOne("string", "bytes");
    String body = node.text("string", "");
    Optional<String> bytes = node.text("bytes");
    if (bytes.isPresent()) {
      try {
        byte[] decoded = Base64.getDecoder().decode(bytes.get());
        body = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
      } catch (IllegalArgumentException | CharacterCodingException e) {
        node.error("bytes", "is not base64 of text in UTF-8; write such, or use string");
      }
    }
    if (body.length() > LONGEST_BODY) {
      node.error("is longer than " + LONGEST_BODY + " characters; answer with less");
    }
    node.end();
    return body;
  }
}
