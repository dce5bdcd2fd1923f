package dev.meshagent.runtime.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The opening handshake of RFC 6455 §4.1: the request, and what the answer must be. */
final class Handshake {
  /** RFC 6455 §1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int KEY_BYTES = 16;
  private static final int MAX_ANSWER_BYTES = 16 << 10;

  private final String key;

  Handshake(String key) {
    this.key = key;
  }

  static Handshake withNewKey() {
    byte[] key = new byte[KEY_BYTES];
    ThreadLocalRandom.current().nextBytes(key);
    return new Handshake(Base64.getEncoder().encodeToString(key));
  }

  byte[] request(URI uri, Map<String, String> headers) {
    StringBuilder request =
        new StringBuilder("GET ")
            .append(uri.getRawPath())
            .append(" HTTP/1.1\r\nHost: ")
            .append(uri.getRawAuthority())
            .append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ")
            .append(key)
            .append("\r\nSec-WebSocket-Version: 13\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads the answer, up to its end and not beyond.
   *
   * @throws IOException if it does not open a WebSocket; the message is for a person
   */
  void readAnswer(InputStream in) throws IOException {
    String[] lines = readHead(in).split("\r\n");
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.1")) {
      throw new IOException("what answers there is no controller: '" + printable(lines[0]) + "'");
    }
    if (!status[1].equals("101")) {
      boolean token = status[1].equals("401") || status[1].equals("403");
      throw new IOException(
          "the controller answered '"
              + printable(lines[0])
              + "'"
              + (token ? "; does mesh.token.file hold the right token?" : ""));
    }
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0
          && line.substring(0, colon).trim().toLowerCase(Locale.ROOT).equals("sec-websocket-accept")
          && line.substring(colon + 1).trim().equals(accept())) {
        return;
      }
    }
    throw new IOException("what answers there is no WebSocket: it did not prove to have read us");
  }

  /** RFC 6455 §4.2.2. */
  String accept() {
    byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(Sha1.digest(text));
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
      int next = in.read();
      if (next < 0 || head.length() == MAX_ANSWER_BYTES) {
        throw new IOException(
            next < 0
                ? "the connection ended before an answer came"
                : "what answers there is no controller: its answer has no end");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static String printable(String line) {
    String start = line.length() > 80 ? line.substring(0, 80) + "…" : line;
    return start.replaceAll("[^ -~…]", "?");
  }
}
