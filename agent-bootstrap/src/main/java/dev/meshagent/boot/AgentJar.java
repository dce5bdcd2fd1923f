package dev.meshagent.boot;

import java.io.DataInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The agent's jar: a file while the process starts, which is quickest, and from then on the {@link
 * JarImage} of it, which nobody can replace. Thread-safe.
 */
final class AgentJar {
  final File file;

  /** Never closed: a class may be read from it while the image takes its place. */
  private final ZipFile zip;

  private volatile JarImage image;

  AgentJar(File file) throws IOException {
    this.file = file;
    this.zip = new ZipFile(file);
  }

  /** Takes the image, once the start is over and some milliseconds more do not matter. */
  void keepInMemory() throws IOException {
    image = JarImage.read(file);
  }

  boolean contains(String name) {
    JarImage kept = image;
    return kept == null ? zip.getEntry(name) != null : kept.contains(name);
  }

  /**
   * The content of an entry.
   *
   * @throws FileNotFoundException if there is none of that name
   */
  byte[] get(String name) throws IOException {
    JarImage kept = image;
    if (kept != null) {
      return kept.get(name);
    }
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new FileNotFoundException(name + " is not in the agent's jar");
    }
    byte[] content = new byte[(int) entry.getSize()];
    try (DataInputStream in = new DataInputStream(zip.getInputStream(entry))) {
      in.readFully(content);
    }
    return content;
  }
}
