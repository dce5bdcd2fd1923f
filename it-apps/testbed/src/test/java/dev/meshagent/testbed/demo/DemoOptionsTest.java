package dev.meshagent.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.testbed.Artifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoOptionsTest {
  @TempDir private Path folder;

  @Test
  void withoutOptionsBothActsRunWithThisBuild() {
    DemoOptions options = DemoOptions.parse();
    assertThat(options.seconds()).isEqualTo(60);
    assertThat(options.firstActAlone()).isFalse();
    Artifacts built = new Artifacts(folder, Optional.empty(), Optional.empty());
    assertThat(options.of(built)).isEqualTo(built);
  }

  @Test
  void jarsOfAnotherBuildTakeThePlaceOfThisOnes() throws IOException {
    Path agent = Files.createFile(folder.resolve("agent.jar"));
    Path controller = Files.createFile(folder.resolve("controller.jar"));
    Artifacts artifacts =
        DemoOptions.parse(
                "--first-act",
                "--agent-jar",
                agent.toString(),
                "--seconds",
                "20",
                "--controller-jar",
                controller.toString())
            .of(new Artifacts(folder, Optional.empty(), Optional.empty()));
    assertThat(artifacts.agent()).isEqualTo(agent);
    assertThat(artifacts.controller()).isEqualTo(controller);
  }

  @ParameterizedTest
  @CsvSource({
    "--seconds 19, --seconds 19 is no number of at least 20",
    "--seconds soon, --seconds soon is no number of at least 20",
    "--seconds, no value for --seconds",
    "--agent-jar absent.jar, there is no file absent.jar",
    "--frist-act, unknown option --frist-act",
  })
  void whatIsNotUnderstoodIsNamed(String words, String said) {
    assertThatThrownBy(() -> DemoOptions.parse(words.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(said);
  }
}
