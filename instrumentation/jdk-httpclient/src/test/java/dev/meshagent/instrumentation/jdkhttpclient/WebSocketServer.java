package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The server's side of one WebSocket handshake (RFC 6455 §4.2.2), and one text frame. */
final class WebSocketServer {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketServer() {}

  /** Accepts the handshake and says a word of at most 125 bytes; answers the request's head. */
  static String greet(Socket client, String word) throws IOException, NoSuchAlgorithmException {
    StringBuilder head = new StringBuilder();
    InputStream in = client.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    String key = head.toString().replaceFirst("(?is).*sec-websocket-key: *([^\r]+)\r.*", "$1");
    byte[] accept =
        MessageDigest.getInstance("SHA-1")
            .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(accept)
            + "\r\n\r\n";
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    byte[] text = word.getBytes(StandardCharsets.UTF_8);
    client.getOutputStream().write(new byte[] {(byte) 0x81, (byte) text.length});
    client.getOutputStream().write(text);
    return head.toString();
  }
}
