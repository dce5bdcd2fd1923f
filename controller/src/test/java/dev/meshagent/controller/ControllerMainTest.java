package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ControllerMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new ControllerMain())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  @Test
  void wrongOptionsAreExitCodeTwoAndSayWhatIsRight() {
    for (String listen :
        new String[] {"15010", "host", "host:x", "host:70000", "::1:15010", ":1"}) {
      assertThat(run("--listen", listen)).as(listen).isEqualTo(2);
      assertThat(err.toString()).contains("127.0.0.1:15010");
    }
    assertThat(run("--lease", "15")).isEqualTo(2);
    assertThat(run("--lease", "1ms")).isEqualTo(2);
    assertThat(run("--liste", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--listen");
  }

  @Test
  void helpAndVersionAreExitCodeZero() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("--listen").contains("--data").contains("--lease");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("mesh-controller 0.");
  }

  @Test
  void aPortInUseIsNamedWithARemedy() throws IOException {
    try (Controller first =
        Controller.start(
            new ControllerSettings(
                new HostPort("127.0.0.1", 0), Optional.empty(), ControllerSettings.LEASE))) {
      assertThat(run("--listen", first.listening().toString())).isEqualTo(1);
      assertThat(err.toString())
          .contains("cannot listen on " + first.listening())
          .contains("--listen HOST:PORT");
    }
  }

  @Test
  void listeningBeyondThisHostTakesTokensAndTls(@TempDir Path directory) {
    String data = directory.toString();
    for (String host : new String[] {"0.0.0.0", "[::]", "10.0.0.7"}) {
      assertThat(run("--listen", host + ":0")).isEqualTo(2);
      assertThat(run("--listen", host + ":0", "--tokens", "t")).isEqualTo(2);
      assertThat(run("--listen", host + ":0", "--tls", "--data", data)).isEqualTo(2);
    }
    assertThat(err.toString()).contains("--tokens").contains("--tls").contains("127.0.0.1");
    assertThat(run("--tls")).isEqualTo(2);
    assertThat(run("--tls-cert", "c.pem")).isEqualTo(2);
    for (String host : new String[] {"127.0.0.1", "::1", "localhost", "127.1.2.3"}) {
      assertThat(ControllerMain.isLoopback(host)).as(host).isTrue();
    }
  }

  @Test
  void aDataDirectoryThatIsAFileIsNamedWithARemedy(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(run("--listen", "127.0.0.1:0", "--data", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("cannot keep data in " + file + ": it is a file")
        .contains("--data DIR");
  }

  @Test
  void aDataDirectoryThatCannotBeMadeIsNamedWithTheReason() {
    assertThat(run("--listen", "127.0.0.1:0", "--data", "/proc/mesh-data")).isEqualTo(1);
    assertThat(err.toString())
        .containsPattern("cannot keep data in /proc/mesh-data: [a-z]{2}")
        .contains("--data DIR");
  }

  @Test
  void ipv6LiteralsAreInBrackets() {
    assertThat(HostPort.parse("[::1]:15010")).isEqualTo(new HostPort("::1", 15010));
    assertThat(HostPort.parse("[::1]:15010")).hasToString("[::1]:15010");
  }
}
