package dev.meshagent.runtime.weave;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads resources whole: class files, and the small text files that the build leaves. */
final class Bytes {
  private static final int BUFFER = 8192;

  private Bytes() {}

  static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
    byte[] buffer = new byte[BUFFER];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      bytes.write(buffer, 0, count);
    }
    return bytes.toByteArray();
  }

  /** The lines of a text in UTF-8. */
  static String[] lines(InputStream in) throws IOException {
    return new String(read(in), StandardCharsets.UTF_8).split("\n");
  }
}
