package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.instrumentation.test.TestModule;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.log.LogLevel;
import dev.meshagent.spi.InstrumentationModule;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstrumentationsTest {
  private final ClassLoader agent = new AgentLoader(TestModule.class.getName());

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

  @Test
  void oneForANewerJavaIsLeftOutWithoutAWord(@TempDir Path directory) throws Exception {
    Path log = directory.resolve("agent.log");
    Log.configure(LogLevel.INFO, log);
    ClassLoader agent = new AgentLoader(AgentLoader.NEWER + "\n" + TestModule.class.getName());
    assertThat(Instrumentations.load(agent, Collections.<String>emptySet()).all()).hasSize(1);
    assertThat(log).isEmptyFile();
    Instrumentations.load(agent, Collections.singleton("newer"));
    assertThat(Files.readAllLines(log))
        .singleElement()
        .asString()
        .contains("mesh.instrumentation.newer switches nothing off", "for this Java", "[test]");
  }

  /** Lists modules; one of them has been compiled for a Java that no JVM of today runs. */
  private static final class AgentLoader extends ClassLoader {
    static final String NEWER = "dev.meshagent.instrumentation.newer.NewerModule";

    private final String modules;

    AgentLoader(String modules) {
      super(InstrumentationsTest.class.getClassLoader());
      this.modules = modules;
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      return name.equals("META-INF/services/" + InstrumentationModule.class.getName())
          ? new ByteArrayInputStream(modules.getBytes(StandardCharsets.UTF_8))
          : super.getResourceAsStream(name);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (!name.equals(NEWER)) {
        throw new ClassNotFoundException(name);
      }
      ByteBuffer head = ByteBuffer.allocate(10).putInt(0xCAFEBABE).putShort((short) 0);
      head.putShort((short) 999).putShort((short) 1);
      return defineClass(name, head.array(), 0, head.position());
    }
  }
}
