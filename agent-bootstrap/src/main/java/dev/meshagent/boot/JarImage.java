package dev.meshagent.boot;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The agent's jar as it was when the process started, compressed, in memory. People replace the jar
 * in place under running processes; classes that are first needed then, at the exit above all, must
 * still be those of this agent. Costs the jar's size in heap, about 1.5 MB. Immutable, thread-safe.
 *
 * <p>Reads what our build writes: no zip64, no encryption (APPNOTE.TXT §4.3).
 */
final class JarImage {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final int STORED = 0;

  private final byte[] bytes;

  /** The offset of each entry in the central directory. */
  private final Map<String, Integer> entries = new HashMap<>();

  private JarImage(byte[] bytes) throws IOException {
    this.bytes = bytes;
    int end = bytes.length - END_SIZE;
    while (end >= 0 && int32(end) != END_SIGNATURE) {
      end--;
    }
    if (end < 0) {
      throw new IOException("not a jar");
    }
    int count = int16(end + 10);
    int at = int32(end + 16);
    for (int i = 0; i < count; i++) {
      if (int32(at) != ENTRY_SIGNATURE) {
        throw new IOException("the jar's directory is broken at " + at);
      }
      int nameLength = int16(at + 28);
      entries.put(new String(bytes, at + ENTRY_SIZE, nameLength, StandardCharsets.UTF_8), at);
      at += ENTRY_SIZE + nameLength + int16(at + 30) + int16(at + 32);
    }
  }

  /**
   * Reads a jar whole.
   *
   * @throws IOException if it cannot be read or is none
   */
  static JarImage read(File jar) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(jar, "r")) {
      byte[] bytes = new byte[(int) file.length()];
      file.readFully(bytes);
      return new JarImage(bytes);
    } catch (RuntimeException e) {
      throw new IOException(jar + " is no jar that can be read", e);
    }
  }

  boolean contains(String name) {
    return entries.containsKey(name);
  }

  /**
   * The content of an entry.
   *
   * @throws FileNotFoundException if there is none of that name
   */
  byte[] get(String name) throws IOException {
    Integer found = entries.get(name);
    if (found == null) {
      throw new FileNotFoundException(name + " is not in the agent's jar");
    }
    int entry = found;
    int compressed = int32(entry + 20);
    byte[] content = new byte[int32(entry + 24)];
    int local = int32(entry + 42);
    int data = local + LOCAL_SIZE + int16(local + 26) + int16(local + 28);
    if (int16(entry + 10) == STORED) {
      System.arraycopy(bytes, data, content, 0, content.length);
      return content;
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(bytes, data, compressed);
      int length = 0;
      while (length < content.length) {
        int count = inflater.inflate(content, length, content.length - length);
        if (count == 0) {
          throw new IOException(name + " is cut short");
        }
        length += count;
      }
      return content;
    } catch (DataFormatException e) {
      throw new IOException(name + " is broken", e);
    } finally {
      inflater.end();
    }
  }

  private int int16(int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }

  private int int32(int at) {
    return int16(at) | int16(at + 2) << 16;
  }
}
