package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.Controller;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.HostPort;
import dev.meshagent.controller.access.AccessSettings;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class BackupTest {
  private static final String RULES =
      "/apis/networking.istio.io/v1/namespaces/default/destinationrules";

  @TempDir private Path directory;

  private static Controller start(Optional<Path> data) throws Exception {
    return Controller.start(
        new ControllerSettings(
            new HostPort("127.0.0.1", 0), data, ControllerSettings.LEASE, AccessSettings.LOCAL));
  }

  private static void applyPair(Api api, int number) throws Exception {
    api.send(
            "POST",
            "/mesh/v1/apply",
            "application/yaml",
            rule("left", number),
            rule("right", number))
        .is(200);
  }

  private static String rule(String name, int number) {
    return """
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s, annotations: {number: "%d"}}
    spec: {host: %s}
    """
        .formatted(name, number, name);
  }

  private static Map<String, Integer> numbers(Api api) throws Exception {
    Map<String, Integer> numbers = new HashMap<>();
    for (JsonNode item : api.get(RULES).is(200).json().path("items")) {
      numbers.put(
          item.at("/metadata/name").asText(), item.at("/metadata/annotations/number").asInt());
    }
    return numbers;
  }

  @Test
  void aBackupThatIsMadeDuringWritesIsWholeAndTakesThePlaceOfTheStore() throws Exception {
    Path copy = directory.resolve("copy.db");
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try (Controller controller = start(Optional.of(directory.resolve("data")))) {
      Api api = new Api(controller::listening);
      applyPair(api, 1);
      AtomicBoolean enough = new AtomicBoolean();
      CountDownLatch running = new CountDownLatch(3);
      Future<Integer> writes =
          writer.submit(
              () -> {
                int number = 1;
                while (!enough.get()) {
                  applyPair(api, ++number);
                  running.countDown();
                }
                return number;
              });
      running.await();
      HttpResponse<Path> response =
          api.client()
              .send(api.request("/mesh/v1/backup").build(), HttpResponse.BodyHandlers.ofFile(copy));
      enough.set(true);
      int last = writes.get();
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(numbers(api)).containsEntry("left", last).containsEntry("right", last);
    } finally {
      writer.shutdownNow();
    }
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.copy(copy, elsewhere.resolve("mesh.db"));
    try (Controller restored = start(Optional.of(elsewhere))) {
      Api api = new Api(restored::listening);
      Map<String, Integer> there = numbers(api);
      assertThat(there.get("left")).isEqualTo(there.get("right")).isGreaterThan(1);
      JsonNode versions = api.get("/mesh/v1/history").is(200).json().path("versions");
      assertThat(versions).hasSizeGreaterThan(1);
      long last = versions.get(0).path("version").asLong();
      applyPair(api, 0);
      assertThat(api.get("/mesh/v1/history").json().at("/versions/0/version").asLong())
          .isGreaterThan(last);
    }
  }

  @Test
  void whatABackupThatWasCutOffLeftBehindIsRemovedAtTheNextStart() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path left = Files.writeString(data.resolve("backup-1.part"), "half of it");
    try (Controller controller = start(Optional.of(data))) {
      assertThat(left).doesNotExist();
      new Api(controller::listening).get("/mesh/v1/backup").is(200);
    }
  }

  @Test
  void aControllerThatKeepsNothingSaysSo() throws Exception {
    try (Controller controller = start(Optional.empty())) {
      assertThat(new Api(controller::listening).get("/mesh/v1/backup").is(400).at("/message"))
          .contains("start it with --data");
    }
  }
}
