package dev.meshagent.it.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code -Dmesh.enabled=false}: the agent is there, and does nothing. */
class DisabledIT {

  @Test
  void theApplicationIsLeftAloneAndOneLineSaysSo() {
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ChildProcess hello =
          mesh.start(
              "hello",
              JavaCommand.ofThisJdk()
                  .option("-javaagent:" + mesh.artifacts().agent(), "-Dmesh.enabled=false")
                  .main(mesh.artifacts().fixtures(), "dev.meshagent.fixtures.HelloWorld"));

      assertThat(hello.awaitExit(Duration.ofSeconds(60))).isZero();
      assertThat(hello.lines()).hasSize(2);
      assertThat(hello.lines()).filteredOn(line -> line.startsWith("mesh-agent")).hasSize(1);
      assertThat(hello.lines()).contains("Hello, world");
      mesh.discardLogs();
    }
  }
}
