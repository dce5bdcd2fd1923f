package dev.meshagent.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Executable jars of Spring Boot, unchanged, in the mesh with one flag and nothing else: two
 * processes of a service, which calls itself by its name with each of Spring's clients until both
 * have answered.
 */
class SpringBootIT {
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(120);
  private static final Pattern STARTED =
      Pattern.compile("Tomcat started on port(?:\\(s\\):)? (\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void springBoot3JoinsWithOneFlag() {
    joins(3, "rest-client", "web-client", "rest-template", "feign");
  }

  @Test
  void springBoot27JoinsWithOneFlag() {
    joins(2, "web-client", "rest-template", "feign");
  }

  private void joins(int major, String... libraries) {
    String service = "boot" + major + "app";
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      ControllerClient controller = mesh.startController();
      int port = port(start(mesh, controller, major, "first"));
      port(start(mesh, controller, major, "second"));
      Polling.until(
          () -> controller.readyWorkloads(service) == 2,
          STARTED_WITHIN,
          () -> "two processes of " + service + " did not join");
      for (String library : libraries) {
        Set<String> answered = new HashSet<>();
        Polling.until(
            () -> {
              answered.add(get(port, "/call/" + service + "/by/" + library));
              return answered.size() > 1;
            },
            STARTED_WITHIN,
            () -> "calls by " + library + " were answered by " + answered + " alone");
        assertThat(answered).allMatch(answer -> answer.endsWith(" as " + service));
      }
      mesh.discardLogs();
    }
  }

  private static ChildProcess start(
      LocalMesh mesh, ControllerClient controller, int major, String name) {
    String flag =
        "-javaagent:"
            + mesh.artifacts().agent()
            + "=controller=ws://"
            + controller.uri().getAuthority()
            + ",cache.dir="
            + mesh.directory().resolve("cache");
    return mesh.start(
        name,
        JavaCommand.ofThisJdk()
            .option("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .option(flag)
            .jar(mesh.artifacts().springBoot(major), "--server.port=0"));
  }

  private static int port(ChildProcess process) {
    return Integer.parseInt(process.awaitLine(STARTED, STARTED_WITHIN).group(1));
  }

  private String get(int port, String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + uri, e);
    }
  }
}
