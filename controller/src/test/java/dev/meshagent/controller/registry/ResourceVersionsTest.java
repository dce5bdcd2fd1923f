package dev.meshagent.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResourceVersionsTest {
  @TempDir Path directory;

  @Test
  void neverRepeatAfterARestartAtAnyMoment() throws IOException {
    long last = 0;
    for (int run = 0; run < 5; run++) {
      ResourceVersions versions = ResourceVersions.in(directory.resolve("data"));
      for (int i = 0; i < ResourceVersions.BLOCK / 2 * run + 1; i++) {
        long version = versions.getAsLong();
        assertThat(version).isGreaterThan(last);
        last = version;
      }
    }
  }

  @Test
  void aDiskThatFailsDoesNotStopTheMesh() throws IOException {
    ResourceVersions versions = ResourceVersions.in(directory.resolve("data"));
    Files.delete(directory.resolve("data/resource-version"));
    Files.delete(directory.resolve("data"));
    long last = 0;
    for (int i = 0; i < ResourceVersions.BLOCK * 2; i++) {
      long version = versions.getAsLong();
      assertThat(version).isGreaterThan(last);
      last = version;
    }
  }

  @Test
  void aFileThatHoldsNoNumberIsRefusedWithARemedy() throws IOException {
    Files.writeString(directory.resolve("resource-version"), "garbage");
    assertThatThrownBy(() -> ResourceVersions.in(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'garbage'")
        .hasMessageContaining("restore the file");
  }
}
