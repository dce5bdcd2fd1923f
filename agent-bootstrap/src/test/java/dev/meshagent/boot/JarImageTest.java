package dev.meshagent.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JarImageTest {
  private static final byte[] TEXT = new byte[100_000];

  @TempDir Path directory;

  static {
    for (int i = 0; i < TEXT.length; i++) {
      TEXT[i] = (byte) (i % 97);
    }
  }

  @Test
  void readsCompressedStoredAndEmptyEntries() throws Exception {
    JarImage image = JarImage.read(jar().toFile());
    assertThat(image.get("a/deflated")).isEqualTo(TEXT);
    assertThat(image.get("stored")).isEqualTo("stored".getBytes(StandardCharsets.UTF_8));
    assertThat(image.get("empty")).isEmpty();
    assertThat(image.contains("a/deflated")).isTrue();
    assertThat(image.contains("deflated")).isFalse();
    assertThatThrownBy(() -> image.get("gone")).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void staysWhatItWasWhenTheFileIsReplaced() throws Exception {
    Path jar = jar();
    JarImage image = JarImage.read(jar.toFile());
    Files.write(jar, new byte[100]);
    assertThat(image.get("a/deflated")).isEqualTo(TEXT);
  }

  @Test
  void whatIsNoJarIsRefused() throws Exception {
    Path file = directory.resolve("no.jar");
    Files.write(file, new byte[1000]);
    assertThatThrownBy(() -> JarImage.read(file.toFile())).isInstanceOf(IOException.class);
    Files.write(file, new byte[3]);
    assertThatThrownBy(() -> JarImage.read(file.toFile())).isInstanceOf(IOException.class);
  }

  private Path jar() throws IOException {
    Path jar = directory.resolve("a.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.setComment("a comment after the directory");
      out.putNextEntry(new ZipEntry("a/deflated"));
      out.write(TEXT);
      out.closeEntry();
      byte[] text = "stored".getBytes(StandardCharsets.UTF_8);
      ZipEntry stored = new ZipEntry("stored");
      stored.setMethod(ZipEntry.STORED);
      stored.setSize(text.length);
      CRC32 crc = new CRC32();
      crc.update(text);
      stored.setCrc(crc.getValue());
      out.putNextEntry(stored);
      out.write(text);
      out.closeEntry();
      out.putNextEntry(new ZipEntry("empty"));
      out.closeEntry();
    }
    return jar;
  }
}
