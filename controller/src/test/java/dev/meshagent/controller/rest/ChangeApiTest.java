package dev.meshagent.controller.rest;

import static dev.meshagent.controller.rest.Api.ISTIO;
import static dev.meshagent.controller.rest.Api.YAML;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.TestController;
import dev.meshagent.controller.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
final class ChangeApiTest {
  private static final String APPLY = "/mesh/v1/apply";
  private static final String RULES = ISTIO + "default/destinationrules";

  @RegisterExtension final TestController controller = new TestController();

  private final Api api = new Api(controller::listening);

  private static String rule(String name, String host) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s}
    spec: {host: %s}
    """
        .formatted(name, host);
  }

  private Api.Answer apply(String query, String... documents) throws Exception {
    return api.send("POST", APPLY + query, YAML, String.join("---\n", documents));
  }

  @Test
  void manyDocumentsAreOneVersion() throws Exception {
    Api.Answer first = apply("", rule("a", "a"), rule("b", "b")).is(200);
    assertThat(first.json().path("resources").findValuesAsText("outcome"))
        .containsExactly("created", "created");
    JsonNode version = api.get("/mesh/v1/history").json().at("/versions/0");
    assertThat(version.path("version").asText()).isEqualTo(first.at("/version"));
    assertThat(version.path("resources").findValuesAsText("name")).containsExactly("a", "b");
    Api.Answer second = apply("", rule("a", "a"), rule("b", "x"), rule("c", "c")).is(200);
    assertThat(second.json().path("resources").findValuesAsText("outcome"))
        .containsExactly("unchanged", "changed", "created");
    assertThat(second.json().path("warnings")).isNotEmpty();
  }

  @Test
  void oneThatIsWrongTurnsAllDownAndEveryFaultIsNamed() throws Exception {
    Api.Answer answer =
        apply("", rule("a", "a"), rule("b", "''"), rule("c", "c") + "speck: {}\n").is(422);
    assertThat(answer.json().at("/details/causes").findValuesAsText("field"))
        .containsExactly(
            "DestinationRule default/b: spec.host", "DestinationRule default/c: speck");
    assertThat(api.get(RULES).json().path("items")).isEmpty();
    assertThat(api.get("/mesh/v1/history").json().path("versions")).isEmpty();
  }

  @Test
  void whatDanglesIsWarnedOfAgainWhenNothingChanges() throws Exception {
    JsonNode first = apply("", rule("a", "a")).is(200).json().path("warnings");
    assertThat(first).hasSize(1);
    Api.Answer again = apply("", rule("a", "a")).is(200);
    assertThat(again.at("/resources/0/outcome")).isEqualTo("unchanged");
    assertThat(again.json().path("warnings")).isEqualTo(first);
    JsonNode beside = apply("", rule("a", "a"), rule("b", "b")).is(200).json().path("warnings");
    assertThat(beside).hasSize(2).contains(first.get(0));
  }

  @Test
  void faultsOfFormInOneDocumentHideNoFaultsOfMeaningInAnother() throws Exception {
    String route =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a}
        spec: {hosts: [a], http: [{route: [{destination: {host: "*.b"}}]}]}
        """;
    Api.Answer answer = apply("", route, rule("c", "c") + "speck: {}\n").is(422);
    assertThat(answer.json().at("/details/causes").findValuesAsText("field"))
        .containsExactlyInAnyOrder(
            "VirtualService default/a: spec.http[0].route[0].destination.host",
            "DestinationRule default/c: speck");
  }

  @Test
  void aDryRunSaysWhatWouldBe() throws Exception {
    Api.Answer answer = apply("?dryRun=All", rule("a", "a")).is(200);
    assertThat(answer.json().path("dryRun").asBoolean()).isTrue();
    assertThat(answer.json().path("resources").findValuesAsText("outcome"))
        .containsExactly("created");
    assertThat(api.get(RULES).json().path("items")).isEmpty();
  }

  @Test
  void whatCannotBeReadIsRefused() throws Exception {
    apply("").is(400);
    apply("", "a: b").is(400);
    apply("", "[]").is(400);
    apply("", rule("a", "a"), rule("a", "b")).is(400);
    apply("", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").is(400);
    apply("", "apiVersion: v1\nkind: Service\n").is(400);
    api.get(APPLY).is(405);
  }

  @Test
  void aMisspeltKindIsAnsweredWithTheOneThatWasMeant() throws Exception {
    String rest = "\nmetadata: {name: a}\n";
    assertThat(
            apply("", "apiVersion: networking.istio.io/v1\nkind: VirtualServce" + rest)
                .is(400)
                .at("/message"))
        .endsWith("did you mean VirtualService?");
    assertThat(apply("", "apiVersion: v1\nkind: VirtualService" + rest).is(400).at("/message"))
        .endsWith("did you mean VirtualService in networking.istio.io/v1?");
    assertThat(apply("", "apiVersion: v1\nkind: Pod" + rest).is(400).at("/message"))
        .endsWith("GET /apis and /api tell what there is");
  }

  @Test
  void aListIsItsItems() throws Exception {
    apply(
            "",
            "apiVersion: v1\nkind: List\nitems:\n"
                + "- {apiVersion: networking.istio.io/v1beta1, kind: DestinationRule,"
                + " metadata: {name: a, namespace: x}, spec: {host: a}}\n")
        .is(200);
    api.get(ISTIO + "x/destinationrules/a").is(200);
  }

  @Test
  void aRollbackBringsBackEveryResourceOfAVersion() throws Exception {
    apply("", rule("a", "a"), rule("b", "b")).is(200);
    String then = apply("", rule("a", "a2")).is(200).at("/version");
    api.delete(RULES + "/a").is(200);
    apply("", rule("b", "b2"), rule("c", "c")).is(200);
    String rollback = "/mesh/v1/rollback?version=";
    Api.Answer tried = api.send("POST", rollback + then + "&dryRun=All", YAML, "").is(200);
    assertThat(tried.json().path("resources")).hasSize(3);
    Api.Answer back = api.send("POST", rollback + then, YAML, "").is(200);
    JsonNode items = api.get(RULES).json().path("items");
    assertThat(items.findValuesAsText("host")).containsExactly("a2", "b");
    JsonNode latest = api.get("/mesh/v1/history").json().at("/versions/0");
    assertThat(latest.path("version").asText()).isEqualTo(back.at("/version"));
    assertThat(latest.path("action").asText()).isEqualTo("rollback to " + then);
    assertThat(latest.path("author").asText()).isEqualTo("local");
    assertThat(latest.path("resources").findValuesAsText("outcome"))
        .containsExactlyInAnyOrder("created", "changed", "deleted");
    api.send("POST", rollback + "1", YAML, "").is(400);
    api.send("POST", rollback + "x", YAML, "").is(400);
  }

  @Test
  void jsonIsTakenAsWell() throws Exception {
    api.send("POST", APPLY, Api.JSON, Trees.tree(rule("a", "a")).toString()).is(200);
  }
}
