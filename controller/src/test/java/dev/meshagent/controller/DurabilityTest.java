package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of writes when the process is killed or the disk is full. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class DurabilityTest {
  /** How often it is killed; a hundred times with {@code -Pfull}. */
  private static final int KILLS = Integer.getInteger("mesh.test.kills", 3);

  private static final long SEED = 20261123;
  private static final String RULES =
      "/apis/networking.istio.io/v1/namespaces/default/destinationrules";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path data;

  /** Two objects that only ever change together. */
  private static String pair(int number) {
    return rule("left", number) + "---\n" + rule("right", number);
  }

  private static String rule(String name, int number) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s, annotations: {number: "%d"}}
    spec: {host: %s}
    """
        .formatted(name, number, name);
  }

  private static Map<String, Integer> numbers(ForkedController controller) throws Exception {
    Map<String, Integer> numbers = new HashMap<>();
    for (JsonNode item : JSON.readTree(controller.get(RULES)).path("items")) {
      numbers.put(
          item.at("/metadata/name").asText(), item.at("/metadata/annotations/number").asInt());
    }
    return numbers;
  }

  @Test
  void everyAcknowledgedWriteSurvivesAKillAndNoneIsThereByHalf() throws Exception {
    Random random = new Random(SEED);
    AtomicInteger next = new AtomicInteger();
    AtomicInteger acknowledged = new AtomicInteger();
    long lastVersion = 0;
    for (int round = 0; round < KILLS; round++) {
      try (ForkedController controller = ForkedController.start(data)) {
        Map<String, Integer> there = numbers(controller);
        if (acknowledged.get() > 0) {
          assertThat(there.get("left"))
              .isEqualTo(there.get("right"))
              .isBetween(acknowledged.get(), next.get());
        }
        CountDownLatch some = new CountDownLatch(1 + random.nextInt(20));
        Thread writer = new Thread(() -> write(controller, next, acknowledged, some));
        writer.start();
        some.await();
        long version =
            JSON.readTree(controller.get(RULES)).at("/metadata/resourceVersion").asLong();
        assertThat(version).isGreaterThan(lastVersion);
        lastVersion = version;
        controller.kill();
        writer.join();
      }
    }
    try (ForkedController controller = ForkedController.start(data)) {
      Map<String, Integer> there = numbers(controller);
      assertThat(there.get("left"))
          .isEqualTo(there.get("right"))
          .isBetween(acknowledged.get(), next.get());
    }
  }

  private static void write(
      ForkedController controller,
      AtomicInteger next,
      AtomicInteger acknowledged,
      CountDownLatch some) {
    try {
      while (true) {
        int number = next.incrementAndGet();
        HttpResponse<String> response = controller.post("/mesh/v1/apply", pair(number));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        acknowledged.set(number);
        some.countDown();
      }
    } catch (IOException e) {
      // It was killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullRefusesWritesAndHarmsNothing() throws Exception {
    // No file may grow beyond 4 MiB, which is how a full disk looks from within.
    String filler = "x".repeat(200_000);
    int accepted = 0;
    try (ForkedController controller =
        ForkedController.start(data, "bash", "-c", "ulimit -f 4096; exec \"$@\"", "limited")) {
      HttpResponse<String> response = null;
      for (int i = 0; i < 100; i++) {
        response =
            controller.post(
                "/mesh/v1/apply",
                rule("r" + i, i)
                    .replace("annotations: {", "annotations: {filler: " + filler + ", "));
        if (response.statusCode() != 200) {
          break;
        }
        accepted++;
      }
      assertThat(response.statusCode()).as(response.body()).isEqualTo(507);
      assertThat(JSON.readTree(response.body()).path("reason").asText())
          .isEqualTo("InsufficientStorage");
      assertThat(numbers(controller)).hasSize(accepted);
    }
    assertThat(accepted).isPositive();
    try (ForkedController controller = ForkedController.start(data)) {
      assertThat(numbers(controller)).hasSize(accepted);
      assertThat(controller.post("/mesh/v1/apply", pair(1)).statusCode()).isEqualTo(200);
    }
  }
}
