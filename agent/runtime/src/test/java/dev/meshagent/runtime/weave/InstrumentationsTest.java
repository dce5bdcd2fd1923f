package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.instrumentation.test.TestModule;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.log.LogLevel;
import dev.meshagent.spi.InstrumentationModule;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstrumentationsTest {
  private final ClassLoader agent =
      new ClassLoader(InstrumentationsTest.class.getClassLoader()) {
        @Override
        public InputStream getResourceAsStream(String name) {
          return name.equals("META-INF/services/" + InstrumentationModule.class.getName())
              ? new ByteArrayInputStream(
                  TestModule.class.getName().getBytes(StandardCharsets.UTF_8))
              : super.getResourceAsStream(name);
        }
      };

  @AfterEach
  void restore() {
    Log.configure(LogLevel.INFO, null);
  }

  @Test
  void aSwitchOfNoInstrumentationIsReportedWithTheNamesThereAre(@TempDir Path directory)
      throws Exception {
    Path log = directory.resolve("agent.log");
    Log.configure(LogLevel.INFO, log);
    assertThat(Instrumentations.load(agent, Collections.singleton("tset")).all()).hasSize(1);
    assertThat(Files.readAllLines(log))
        .singleElement()
        .asString()
        .contains("mesh.instrumentation.tset switches nothing off", "[test]");
    assertThat(Instrumentations.load(agent, Collections.singleton("test")).all()).isEmpty();
    assertThat(Files.readAllLines(log)).hasSize(1);
  }
}
