package dev.meshagent.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTest {
  @AfterEach
  void restore() {
    Log.configure(LogLevel.INFO, null);
  }

  @Test
  void aLineIsOneLineWithTimeLevelAndCause() {
    IOException cause = new IOException("first\nsecond");
    cause.setStackTrace(new StackTraceElement[] {new StackTraceElement("A", "b", "A.java", 7)});
    assertThat(Log.format(3_723_004L, LogLevel.WARN, "lost\nit", cause, false))
        .isEqualTo(
            "mesh-agent 01:02:03.004Z WARN lost it: java.io.IOException: first second"
                + " (at A.b(A.java:7))\n");
  }

  @Test
  void writesFromTheThresholdOnToTheFile(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("agent.log");
    Log.configure(LogLevel.WARN, file);
    Log.info("unseen");
    Log.warn("seen");
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        .contains("WARN seen")
        .doesNotContain("unseen");
  }
}
