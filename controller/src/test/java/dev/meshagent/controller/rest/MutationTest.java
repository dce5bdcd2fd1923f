package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import dev.meshagent.controller.Controller;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.WithoutNameServers;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.compile.Meaning;
import dev.meshagent.controller.explain.Questions;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.store.journal.MemoryJournal;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.write.Rejection;
import dev.meshagent.controller.write.ResourceWriter;
import dev.meshagent.controller.write.UnknownFields;
import dev.meshagent.controller.write.WriteOptions;
import dev.meshagent.controller.write.Written;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@link Mutations}, by a fixed seed: each is taken whole or turned down with reasons, and what is
 * taken can be explained.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class MutationTest {
  /** A hundred thousand with {@code -Pfull}. */
  private static final int MUTATIONS = Integer.getInteger("mesh.test.mutations", 2000);

  private static final int OVER_HTTP = Math.max(200, MUTATIONS / 50);
  private static final long SEED = 5;
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private final Random random = new Random(SEED);
  private final Mutations mutations = new Mutations(random);

  @Test
  void isTakenWholeOrTurnedDownWithReasons() throws Exception {
    ResourceVersions versions = ResourceVersions.inMemory(1);
    JournaledStore store = new JournaledStore(new MemoryJournal(), versions, () -> NOW);
    ResourceWriter writer =
        new ResourceWriter(store, new Catalog(store, versions), new Meaning(List::of), () -> NOW);
    VirtualLoop loop = new VirtualLoop();
    Directory directory =
        new Directory(
            loop, new WorkloadRegistry(loop, ControllerSettings.LEASE.toNanos(), versions), "fuzz");
    int taken = 0;
    int explained = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] body = mutations.next();
      MediaType type = random.nextBoolean() ? MediaType.JSON : MediaType.parse("application/yaml");
      UnknownFields unknown = UnknownFields.values()[random.nextInt(3)];
      WriteOptions options = new WriteOptions("fuzz", "fuzz", random.nextInt(10) == 0, unknown);
      long before = store.version();
      try {
        Written written =
            writer.write(
                ChangeApi.wishes(Bodies.all(type, body), QueryParams.of()), "fuzz", options);
        taken++;
        directory.obey(store.current());
        for (Written.One one : written.each()) {
          // What was taken can be written down and read again.
          assertThat(JsonText.read(JsonText.write(one.document()))).isNotNull();
          for (JsonNode question : Questions.of(one.document())) {
            JsonNode answer = Questions.answer(directory, question);
            assertThat(Questions.answered(answer)).as("%s\n%s", one.document(), answer).isTrue();
            explained++;
          }
        }
      } catch (Rejection e) {
        assertThat(e.code()).as(e.getMessage()).isBetween(400, 499);
        assertThat(e.getMessage()).isNotBlank();
        assertThat(store.version()).isEqualTo(before);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "mutation " + i + ": " + new String(body, StandardCharsets.UTF_8), e);
      }
    }
    System.out.println(
        MUTATIONS + " mutations: " + taken + " taken, " + explained + " requests explained");
    assertThat(taken).isBetween(MUTATIONS / 50, MUTATIONS - MUTATIONS / 50);
    assertThat(explained).isGreaterThan(taken / 2);
  }

  @Test
  void overHttpNothingIsTheServersFaultAndWhatIsTakenIsExplained() throws Exception {
    try (Controller controller = WithoutNameServers.start()) {
      Api api = new Api(controller::listening);
      String[] types = {
        "application/json",
        "application/yaml",
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml"
      };
      String[] paths = {
        "/mesh/v1/apply",
        Api.ISTIO + "default/virtualservices",
        Api.ISTIO + "default/virtualservices/a",
        Api.ISTIO + "default/destinationrules/a",
        "/api/v1/namespaces/default/services/s",
        "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/h"
      };
      String[] methods = {"POST", "PUT", "PATCH", "DELETE"};
      int explained = 0;
      for (int i = 0; i < OVER_HTTP; i++) {
        // Half of them as most people apply: the rest may not fit its path, method or type at all.
        boolean plain = random.nextBoolean();
        byte[] body = mutations.next();
        Api.Answer answer =
            api.send(
                api.request(
                        (plain ? paths[0] : paths[random.nextInt(paths.length)])
                            + "?fieldManager=fuzz&force=true")
                    .header("Content-Type", plain ? types[1] : types[random.nextInt(types.length)])
                    .method(
                        plain ? methods[0] : methods[random.nextInt(methods.length)],
                        HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());
        String text = new String(body, StandardCharsets.UTF_8);
        assertThat(answer.code()).as("%s\n%s", text, answer.response().body()).isLessThan(500);
        if (answer.code() < 300) {
          explained += explain(api, answer.json());
        }
      }
      System.out.println(OVER_HTTP + " mutations over HTTP: " + explained + " requests explained");
      assertThat(explained).isGreaterThan(OVER_HTTP / 50);
    }
  }

  /** Asks for what was taken, once it is obeyed; gives how many questions were answered. */
  private static int explain(Api api, JsonNode taken) throws Exception {
    List<JsonNode> documents = new ArrayList<>();
    String version = taken.path("version").asText(taken.at("/metadata/resourceVersion").asText());
    if (taken.has("resources")) {
      for (JsonNode one : taken.path("resources")) {
        documents.add(api.get(Questions.path(one)).is(200).json());
      }
    } else if (!taken.path("kind").asText().equals("Status")) {
      documents.add(taken);
    }
    api.get("/mesh/v1/convergence?wait=10s&version=" + version).is(200);
    int asked = 0;
    for (JsonNode document : documents) {
      for (JsonNode question : Questions.of(document)) {
        JsonNode answer =
            api.send("POST", "/mesh/v1/explain", Api.JSON, question.toString()).is(200).json();
        assertThat(Questions.answered(answer)).as("%s\n%s", document, answer).isTrue();
        asked++;
      }
    }
    return asked;
  }
}
