package dev.meshagent.runtime.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;

/**
 * Writes the frames of a WebSocket's client side (RFC 6455 §5), each whole and masked. Used by one
 * thread.
 */
final class FrameOutput {
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  private final OutputStream out;
  private final SplittableRandom masks = new SplittableRandom();

  FrameOutput(OutputStream out) {
    this.out = out;
  }

  void write(int opcode, byte[] payload) throws IOException {
    out.write(FINAL | opcode);
    int length = payload.length;
    if (length < 126) {
      out.write(MASKED | length);
    } else {
      int bytes = length < 1 << 16 ? 2 : 8;
      out.write(MASKED | (bytes == 2 ? 126 : 127));
      for (int i = bytes - 1; i >= 0; i--) {
        out.write((int) ((long) length >>> 8 * i));
      }
    }
    int mask = masks.nextInt();
    for (int i = 3; i >= 0; i--) {
      out.write(mask >>> 8 * i);
    }
    byte[] masked = new byte[length];
    for (int i = 0; i < length; i++) {
      masked[i] = (byte) (payload[i] ^ mask >>> 8 * (3 - i % 4));
    }
    out.write(masked);
  }

  void flush() throws IOException {
    out.flush();
  }
}
