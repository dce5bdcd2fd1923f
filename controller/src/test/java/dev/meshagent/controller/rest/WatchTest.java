package dev.meshagent.controller.rest;

import static dev.meshagent.controller.rest.Api.ISTIO;
import static dev.meshagent.controller.rest.Api.YAML;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.TestController;
import dev.meshagent.controller.stream.TestAgent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
final class WatchTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String RULES = ISTIO + "default/destinationrules";

  @RegisterExtension final TestController controller = new TestController();

  private final Api api = new Api(controller::listening);

  /** The lines of a watch as they come. */
  private final class Watch implements AutoCloseable {
    private final InputStream in;
    private final BufferedReader lines;
    private final Set<String> written = new HashSet<>();

    Watch(String path, String... headers) throws Exception {
      var request = api.request(path);
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<InputStream> response =
          api.client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      in = response.body();
      lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next resource that appears. */
    String nextAdded() throws Exception {
      JsonNode event = next();
      while (!event.path("type").asText().equals("ADDED")) {
        event = next();
      }
      return event.at("/object/metadata/name").asText();
    }

    private String essence(JsonNode object) {
      return object.at("/metadata/name")
          + " "
          + object.at("/metadata/labels")
          + object.path("spec");
    }

    JsonNode next() throws Exception {
      return MAPPER.readTree(lines.readLine());
    }

    /** The next event that is of more than a status, which comes when it comes. */
    String nextInShort() throws Exception {
      JsonNode event = next();
      while (event.path("type").asText().equals("MODIFIED")
          && !written.add(essence(event.path("object")))) {
        event = next();
      }
      written.add(essence(event.path("object")));
      return event.path("type").asText() + " " + event.at("/object/metadata/name").asText();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private String create(String name, String labels) throws Exception {
    return api.send(
            "POST",
            RULES,
            YAML,
            "apiVersion: networking.istio.io/v1",
            "kind: DestinationRule",
            "metadata: {name: " + name + ", labels: {" + labels + "}}",
            "spec: {host: a}")
        .is(201)
        .at("/metadata/resourceVersion");
  }

  @Test
  void aWatchTellsWhatIsAndThenWhatChanges() throws Exception {
    create("a", "");
    try (Watch watch = new Watch(RULES + "?watch=true")) {
      assertThat(watch.nextInShort()).isEqualTo("ADDED a");
      create("b", "");
      api.send("PATCH", RULES + "/a", "application/merge-patch+json", "{\"spec\":{\"host\":\"x\"}}")
          .is(200);
      api.delete(RULES + "/b").is(200);
      assertThat(watch.nextInShort()).isEqualTo("ADDED b");
      assertThat(watch.nextInShort()).isEqualTo("MODIFIED a");
      assertThat(watch.nextInShort()).isEqualTo("DELETED b");
    }
  }

  @Test
  void aWatchGoesOnFromAVersionWithoutGapOrRepetition() throws Exception {
    create("a", "");
    String from = api.get(RULES).at("/metadata/resourceVersion");
    String version = create("b", "");
    create("c", "");
    try (Watch watch = new Watch(RULES + "?watch=true&resourceVersion=" + from)) {
      assertThat(watch.nextAdded()).isEqualTo("b");
      assertThat(watch.nextAdded()).isEqualTo("c");
    }
    try (Watch watch = new Watch(RULES + "?watch=true&resourceVersion=" + version)) {
      assertThat(watch.nextAdded()).isEqualTo("c");
    }
    api.get(RULES + "?watch=true&resourceVersion=1").is(410);
    api.get(RULES + "?watch=true&resourceVersion=x").is(400);
  }

  @Test
  void whatNoLongerMatchesIsDeletedFromTheWatchersView() throws Exception {
    create("a", "x: y");
    try (Watch watch = new Watch(RULES + "?watch=true&labelSelector=x%3Dy")) {
      assertThat(watch.nextInShort()).isEqualTo("ADDED a");
      create("b", "x: z");
      api.send(
              "PATCH",
              RULES + "/a",
              "application/merge-patch+json",
              "{\"metadata\":{\"labels\":{\"x\":\"z\"}}}")
          .is(200);
      assertThat(watch.nextInShort()).isEqualTo("DELETED a");
      api.send(
              "PATCH",
              RULES + "/b",
              "application/merge-patch+json",
              "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}")
          .is(200);
      assertThat(watch.nextInShort()).isEqualTo("ADDED b");
    }
  }

  @Test
  void liveWorkloadsAreWatchedLikeTheRest() throws Exception {
    try (Watch watch = new Watch(ISTIO + "default/workloadentries?watch=true")) {
      TestAgent agent = TestAgent.join(controller.listening(), "orders", "a1", 8080);
      assertThat(watch.nextInShort()).isEqualTo("ADDED orders-a1");
      agent.send("{\"type\":\"leave\"}");
      assertThat(watch.nextInShort()).isEqualTo("DELETED orders-a1");
      agent.close();
    }
  }

  @Test
  void theInitialStateEndsWithABookmarkForWhoAsks() throws Exception {
    create("a", "");
    try (Watch watch =
        new Watch(
            RULES
                + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan")) {
      assertThat(watch.nextInShort()).isEqualTo("ADDED a");
      JsonNode bookmark = watch.next();
      assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
      assertThat(bookmark.at("/object/metadata/annotations/k8s.io~1initial-events-end").asText())
          .isEqualTo("true");
    }
  }

  @Test
  void aWatchEndsWhenItsTimeIsUp() throws Exception {
    assertThat(api.get(RULES + "?watch=true&timeoutSeconds=1").is(200).response().body()).isEmpty();
  }

  @Test
  void eventsAreTablesForWhoAsks() throws Exception {
    create("a", "");
    try (Watch watch =
        new Watch(
            RULES + "?watch=true",
            "Accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")) {
      JsonNode event = watch.next();
      assertThat(event.at("/object/kind").asText()).isEqualTo("Table");
      assertThat(event.at("/object/rows/0/cells/0").asText()).isEqualTo("a");
    }
  }
}
