package dev.meshagent.runtime.websocket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads messages from a WebSocket's server side (RFC 6455 §5): puts fragments together, and hands
 * control frames to whoever answers them. Used by one thread.
 */
final class FrameInput {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;
  private static final int MASKED = 0x80;
  private static final int MAX_CONTROL_BYTES = 125;

  private final InputStream in;
  private final int maxMessageBytes;
  private final Control control;

  /** Takes what is no message. */
  interface Control {
    void frame(int opcode, byte[] payload) throws IOException;
  }

  FrameInput(InputStream in, int maxMessageBytes, Control control) {
    this.in = in;
    this.maxMessageBytes = maxMessageBytes;
    this.control = control;
  }

  /**
   * The next text message.
   *
   * @return null once the peer closed by the protocol
   * @throws IOException if the connection ends otherwise, or what is read is no WebSocket
   */
  String next() throws IOException {
    byte[] message = null;
    for (; ; ) {
      int first = readByte();
      int opcode = first & 0x0F;
      int second = readByte();
      if ((first & RESERVED) != 0 || (second & MASKED) != 0) {
        throw new IOException("the controller sent a frame that RFC 6455 does not allow");
      }
      long length = readLength(second);
      if (opcode >= CLOSE) {
        if (length > MAX_CONTROL_BYTES || (first & FINAL) == 0) {
          throw new IOException("the controller sent a control frame that is too long");
        }
        byte[] payload = readPayload((int) length);
        control.frame(opcode, payload);
        if (opcode == CLOSE) {
          return null;
        }
        continue;
      }
      if (opcode != (message == null ? TEXT : CONTINUATION)) {
        throw new IOException("the controller sent a frame of type " + opcode + " out of place");
      }
      int held = message == null ? 0 : message.length;
      if (length > maxMessageBytes - held) {
        throw new IOException(
            "the controller sent a message of more than " + maxMessageBytes + " bytes");
      }
      message = append(message, readPayload((int) length));
      if ((first & FINAL) != 0) {
        return new String(message, StandardCharsets.UTF_8);
      }
    }
  }

  private long readLength(int second) throws IOException {
    int length = second & 0x7F;
    if (length < 126) {
      return length;
    }
    long extended = 0;
    for (int i = length == 126 ? 2 : 8; i > 0; i--) {
      extended = extended << 8 | readByte();
    }
    // The highest bit must be 0; where it is not, the message is too large all the same.
    return extended < 0 ? Long.MAX_VALUE : extended;
  }

  private byte[] readPayload(int length) throws IOException {
    byte[] payload = new byte[length];
    for (int read = 0; read < length; ) {
      int more = in.read(payload, read, length - read);
      if (more < 0) {
        throw ended();
      }
      read += more;
    }
    return payload;
  }

  private int readByte() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw ended();
    }
    return next;
  }

  private static EOFException ended() {
    return new EOFException("the controller ended the connection");
  }

  private static byte[] append(byte[] start, byte[] rest) {
    if (start == null) {
      return rest;
    }
    byte[] whole = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, whole, start.length, rest.length);
    return whole;
  }
}
