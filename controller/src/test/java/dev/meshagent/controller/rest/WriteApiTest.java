package dev.meshagent.controller.rest;

import static dev.meshagent.controller.rest.Api.ISTIO;
import static dev.meshagent.controller.rest.Api.JSON;
import static dev.meshagent.controller.rest.Api.YAML;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.TestController;
import dev.meshagent.controller.Trees;
import dev.meshagent.controller.stream.TestAgent;
import dev.meshagent.controller.wire.Bounds;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
final class WriteApiTest {
  @RegisterExtension static final TestController controller = new TestController();

  private static final Api api = new Api(controller::listening);

  /** The version of the latest change that was written. */
  private static String latest() throws Exception {
    return api.get("/mesh/v1/history").is(200).at("/versions/0/version");
  }

  private static String[] rule(String name, String host) {
    return new String[] {
      "apiVersion: networking.istio.io/v1",
      "kind: DestinationRule",
      "metadata: {name: " + name + "}",
      "spec: {host: " + host + ", subsets: [{name: v1, labels: {version: v1}}]}"
    };
  }

  @Test
  void anObjectIsCreatedReadReplacedAndDeleted() throws Exception {
    String path = ISTIO + "life/destinationrules";
    Api.Answer created = api.send("POST", path, YAML, rule("a", "a")).is(201);
    assertThat(created.at("/metadata/generation")).isEqualTo("1");
    assertThat(created.at("/metadata/uid")).hasSize(36);
    assertThat(created.at("/metadata/namespace")).isEqualTo("life");
    assertThat(api.get(path + "/a").is(200).json().path("spec"))
        .isEqualTo(created.json().path("spec"));

    assertThat(api.send("POST", path, YAML, rule("a", "a")).is(409).at("/reason"))
        .isEqualTo("AlreadyExists");

    ObjectNode fresh = (ObjectNode) created.json();
    fresh.withObject("/spec").put("host", "b");
    Api.Answer replaced = api.send("PUT", path + "/a", JSON, fresh.toString()).is(200);
    assertThat(replaced.at("/metadata/generation")).isEqualTo("2");
    assertThat(Long.parseLong(replaced.at("/metadata/resourceVersion")))
        .isGreaterThan(Long.parseLong(created.at("/metadata/resourceVersion")));
    assertThat(replaced.at("/metadata/uid")).isEqualTo(created.at("/metadata/uid"));

    assertThat(api.send("PUT", path + "/a", JSON, fresh.toString()).is(409).at("/reason"))
        .isEqualTo("Conflict");

    assertThat(api.delete(path + "/a").is(200).at("/details/uid"))
        .isEqualTo(created.at("/metadata/uid"));
    api.get(path + "/a").is(404);
    api.delete(path + "/a").is(404);
    api.send("PUT", path + "/a", YAML, rule("a", "a")).is(404);
  }

  @Test
  void whatIsWrongIsAStatusWithCauses() throws Exception {
    Api.Answer answer =
        api.send(
                "POST",
                ISTIO + "wrong/virtualservices",
                YAML,
                "apiVersion: networking.istio.io/v1",
                "kind: VirtualService",
                "metadata: {name: a}",
                "spec:",
                "  hosts: [a]",
                "  http: [{route: [{destination: {host: a}, weight: -1}], tiemout: 3s}]")
            .is(422);
    assertThat(answer.at("/reason")).isEqualTo("Invalid");
    assertThat(answer.at("/details/kind")).isEqualTo("VirtualService");
    assertThat(answer.json().at("/details/causes"))
        .isEqualTo(
            Trees.tree(
                "- reason: FieldValueInvalid",
                "  message: '-1: has to be at least 0'",
                "  field: spec.http[0].route[0].weight",
                "- reason: FieldValueInvalid",
                "  message: 'unknown field; did you mean timeout?'",
                "  field: spec.http[0].tiemout"));
    assertThat(answer.at("/message"))
        .startsWith("VirtualService.networking.istio.io \"a\" is invalid: [spec.http[0]");
    assertThat(api.get(ISTIO + "wrong/virtualservices").json().path("items")).isEmpty();
  }

  @Test
  void unknownFieldsAreLeftOutOnlyOnRequest() throws Exception {
    String path = ISTIO + "unknown/destinationrules";
    String[] lines = rule("a", "a");
    lines[3] = "spec: {host: a, hots: b}";
    api.send("POST", path, YAML, lines).is(422);
    api.send("POST", path + "?fieldValidation=Strict", YAML, lines).is(422);
    Api.Answer warned =
        api.send("POST", path + "?fieldValidation=Warn&dryRun=All", YAML, lines).is(201);
    assertThat(warned.response().headers().allValues("warning"))
        .anyMatch(warning -> warning.contains("spec.hots: unknown field; did you mean host?"))
        .allMatch(warning -> warning.startsWith("299 - \""));
    Api.Answer ignored = api.send("POST", path + "?fieldValidation=Ignore", YAML, lines).is(201);
    assertThat(ignored.response().headers().allValues("warning"))
        .noneMatch(warning -> warning.contains("hots"));
    assertThat(ignored.json().path("spec")).isEqualTo(Trees.tree("{host: a}"));
    api.send("POST", path + "?fieldValidation=Maybe", YAML, lines).is(400);
  }

  @Test
  void aDryRunDoesAllButTheChange() throws Exception {
    String path = ISTIO + "dry/destinationrules";
    api.send("POST", path + "?dryRun=All", YAML, rule("a", "a")).is(201);
    api.get(path + "/a").is(404);
    api.send("POST", path, YAML, rule("a", "a")).is(201);
    String version = latest();
    api.send(
            "PATCH",
            path + "/a?dryRun=All",
            "application/merge-patch+json",
            "{\"spec\":{\"host\":\"b\"}}")
        .is(200);
    api.delete(path + "/a?dryRun=All").is(200);
    String body = "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"dryRun\":[\"%s\"]}";
    api.send("DELETE", path + "/a", JSON, body.formatted("All")).is(200);
    api.send("DELETE", path, JSON, body.formatted("All")).is(200);
    api.send("DELETE", path + "/a", JSON, body.formatted("Some")).is(400);
    assertThat(latest()).isEqualTo(version);
    api.send("POST", path + "?dryRun=Some", YAML, rule("b", "b")).is(400);
  }

  @Test
  void patchesOfEveryFormAreTaken() throws Exception {
    String path = ISTIO + "patch/destinationrules";
    api.send("POST", path, YAML, rule("a", "a")).is(201);
    assertThat(
            api.send(
                    "PATCH",
                    path + "/a",
                    "application/json-patch+json",
                    "[{\"op\":\"replace\",\"path\":\"/spec/host\",\"value\":\"b\"}]")
                .is(200)
                .at("/spec/host"))
        .isEqualTo("b");
    assertThat(
            api.send(
                    "PATCH",
                    path + "/a",
                    "application/merge-patch+json",
                    "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}")
                .is(200)
                .at("/metadata/labels/x"))
        .isEqualTo("y");
    api.send("PATCH", path + "/a", "application/strategic-merge-patch+json", "{}").is(415);
    api.send(
            "PATCH",
            path + "/a",
            "application/json-patch+json",
            "[{\"op\":\"remove\",\"path\":\"/x\"}]")
        .is(400);
    api.send("PATCH", path + "/a", "application/merge-patch+json", "[1]").is(400);
    api.send("PATCH", path + "/none", "application/merge-patch+json", "{}").is(404);
    assertThat(
            api.send(
                    "PATCH",
                    path + "/a",
                    "application/merge-patch+json",
                    "{\"metadata\":{\"uid\":\"x\"}}")
                .is(409)
                .at("/message"))
        .contains("UID");

    String services = "/api/v1/namespaces/patch/services";
    api.send(
            "POST",
            services,
            YAML,
            "apiVersion: v1",
            "kind: Service",
            "metadata: {name: s}",
            "spec: {selector: {app: s}, ports: [{port: 80, name: http}]}")
        .is(201);
    Api.Answer merged =
        api.send(
                "PATCH",
                services + "/s",
                "application/strategic-merge-patch+json",
                "{\"spec\":{\"ports\":[{\"port\":90,\"name\":\"admin\"}]}}")
            .is(200);
    assertThat(merged.json().at("/spec/ports")).hasSize(2);
  }

  @Test
  void aPatchThatChangesNothingIsNoNewVersion() throws Exception {
    String path = ISTIO + "same/destinationrules";
    api.send("POST", path, YAML, rule("a", "a")).is(201);
    String version = latest();
    Api.Answer same =
        api.send(
                "PATCH", path + "/a", "application/merge-patch+json", "{\"spec\":{\"host\":\"a\"}}")
            .is(200);
    assertThat(same.at("/metadata/generation")).isEqualTo("1");
    assertThat(latest()).isEqualTo(version);
  }

  @Test
  void serverSideApplyKeepsManagersApart() throws Exception {
    String path = ISTIO + "ssa/destinationrules/a";
    api.apply(path, "ann", rule("a", "a")).is(201);
    String[] bobs = rule("a", "a");
    bobs[3] = "spec: {subsets: [{name: v2, labels: {version: v2}}]}";
    assertThat(api.apply(path, "bob", bobs).is(200).json().at("/spec/subsets")).hasSize(2);
    bobs[3] = "spec: {host: b}";
    Api.Answer conflict = api.apply(path, "bob", bobs).is(409);
    assertThat(conflict.at("/message"))
        .isEqualTo("Apply failed with 1 conflict: conflict with \"ann\" using Apply: .spec.host");
    assertThat(conflict.at("/details/causes/0/reason")).isEqualTo("FieldManagerConflict");
    assertThat(conflict.at("/details/causes/0/field")).isEqualTo(".spec.host");
    Api.Answer forced = api.apply(path + "?force=true", "bob", bobs).is(200);
    assertThat(forced.at("/spec/host")).isEqualTo("b");
    // What bob left out this time is gone, what ann applied is not.
    assertThat(forced.json().at("/spec/subsets")).hasSize(1);
    api.send("PATCH", path, "application/apply-patch+yaml", rule("a", "a")).is(400);
  }

  @Test
  void olderVersionsAreTakenAndGiven() throws Exception {
    String old = "/apis/networking.istio.io/v1alpha3/namespaces/old/destinationrules";
    String[] lines = rule("a", "a");
    api.send("POST", old, YAML, lines).is(400);
    lines[0] = "apiVersion: networking.istio.io/v1alpha3";
    assertThat(api.send("POST", old, YAML, lines).is(201).at("/apiVersion"))
        .isEqualTo("networking.istio.io/v1alpha3");
    assertThat(api.get(ISTIO + "old/destinationrules/a").is(200).at("/apiVersion"))
        .isEqualTo("networking.istio.io/v1");
    assertThat(api.get(old).at("/items/0/apiVersion")).isEqualTo("networking.istio.io/v1alpha3");
    lines[0] = "apiVersion: networking.istio.io/v1beta1";
    api.apply(
            "/apis/networking.istio.io/v1beta1/namespaces/old/destinationrules/a?force=true",
            "x",
            lines)
        .is(200);
  }

  @Test
  void liveWorkloadsAreReadOnlyAndTheirServicesCanBeWrittenOver() throws Exception {
    TestAgent agent = TestAgent.join(controller.listening(), "payments", "p1", 8080);
    try {
      agent.until("names", () -> agent.names.contains("default/payments"));
      String entry = ISTIO + "default/workloadentries/payments-p1";
      JsonNode live = api.get(entry).is(200).json();
      api.delete(entry).is(403);
      assertThat(api.send("PUT", entry, JSON, live.toString()).is(403).at("/message"))
          .contains("live workload");
      String service = "/api/v1/namespaces/default/services/payments";
      api.delete(service).is(403);
      Api.Answer written =
          api.send(
                  "PATCH",
                  service,
                  "application/strategic-merge-patch+json",
                  "{\"spec\":{\"ports\":[{\"port\":81,\"name\":\"alt\",\"targetPort\":8080}]}}")
              .is(200);
      assertThat(written.json().at("/spec/ports")).hasSize(2);
      assertThat(written.json().at("/status/conditions/0/type").asText()).isEqualTo("Available");
      api.delete(service).is(200);
      assertThat(api.get(service).is(200).json().at("/spec/ports")).hasSize(1);
    } finally {
      agent.close();
    }
  }

  private Api.Answer security(String plural, String kind, String spec) throws Exception {
    return api.send(
        "POST",
        "/apis/security.istio.io/v1/namespaces/default/" + plural,
        YAML,
        "apiVersion: security.istio.io/v1",
        "kind: " + kind,
        "metadata: {generateName: a-}",
        "spec: " + spec);
  }

  @Test
  void securityThatNobodyWouldEnforceIsRefusedAndWhatHoldsAnywayIsTaken() throws Exception {
    assertThat(
            security("peerauthentications", "PeerAuthentication", "{mtls: {mode: STRICT}}")
                .is(422)
                .at("/details/causes/0/field"))
        .isEqualTo("spec.mtls.mode");
    security("peerauthentications", "PeerAuthentication", "{mtls: {mode: PERMISSIVE}}").is(201);
    security("authorizationpolicies", "AuthorizationPolicy", "{}").is(422);
    security("authorizationpolicies", "AuthorizationPolicy", "{rules: [{}]}").is(201);
    security("requestauthentications", "RequestAuthentication", "{jwtRules: [{issuer: a}]}")
        .is(422);
    security("requestauthentications", "RequestAuthentication", "{}").is(201);
    assertThat(api.get("/apis/security.istio.io/v1/peerauthentications").json().path("items"))
        .hasSize(1);
  }

  @Test
  void bodiesThatAreNoneAreRefused() throws Exception {
    String path = ISTIO + "bad/destinationrules";
    api.send("POST", path, JSON, "{\"a\":").is(400);
    api.send("POST", path, JSON, "{\"a\":1,\"a\":2}").is(400);
    api.send("POST", path, JSON, "[]").is(400);
    api.send("POST", path, YAML, "").is(400);
    api.send("POST", path, YAML, "a: b").is(400);
    api.send("POST", path, "text/plain", rule("a", "a")).is(415);
    assertThat(
            api.send("POST", path, "application/vnd.kubernetes.protobuf", "k8s\0")
                .is(415)
                .at("/message"))
        .contains("application/vnd.kubernetes.protobuf")
        .contains("application/json");
    for (int size : new int[] {Bounds.BYTES + 1, 5 * Bounds.BYTES}) {
      Api.Answer answer = api.send("POST", path, JSON, "x".repeat(size)).is(413);
      assertThat(answer.at("/kind")).as(answer.response().body()).isEqualTo("Status");
      assertThat(answer.at("/message")).contains("longer than " + Bounds.BYTES + " bytes");
    }
    api.send(
            api.request(path)
                .header("Content-Type", YAML)
                .header("Origin", "http://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", rule("a", "a"))))
                .build())
        .is(403);
    api.send("POST", ISTIO + "Bad_/destinationrules", YAML, rule("a", "a")).is(422);
    api.send("POST", path, YAML, rule("A_b", "a")).is(422);
    String[] elsewhere = rule("a", "a");
    elsewhere[2] = "metadata: {name: a, namespace: other}";
    api.send("POST", path, YAML, elsewhere).is(400);
    api.send("POST", "/apis/networking.istio.io/v1/destinationrules", YAML, rule("a", "a")).is(400);
    assertThat(api.get(path).json().path("items")).isEmpty();
  }

  @Test
  void methodsThatDoNotFitAreRefused() throws Exception {
    String path = ISTIO + "default/destinationrules";
    api.send("PUT", path, YAML, rule("a", "a")).is(405);
    api.send("POST", path + "/a", YAML, rule("a", "a")).is(405);
    api.send("PUT", path + "/a/status", YAML, rule("a", "a")).is(405);
    api.send("POST", "/apis/networking.istio.io", YAML, "").is(404);
  }

  @Test
  void listsAreSelectedCutAndContinuedAtOneVersion() throws Exception {
    String path = ISTIO + "lists/destinationrules";
    for (String name : new String[] {"a", "b", "c", "d", "e"}) {
      String[] lines = rule(name, name);
      lines[2] = "metadata: {name: " + name + ", labels: {odd: '" + "ace".contains(name) + "'}}";
      api.send("POST", path, YAML, lines).is(201);
    }
    assertThat(api.get(path + "?labelSelector=odd%3Dtrue").json().path("items")).hasSize(3);
    assertThat(api.get(path + "?fieldSelector=metadata.name%3Db").json().path("items")).hasSize(1);
    assertThat(api.get(path + "?fieldSelector=spec.host%21%3Db").json().path("items")).hasSize(4);
    api.get(path + "?fieldSelector=nonsense").is(400);
    Api.Answer first = api.get(path + "?limit=2").is(200);
    assertThat(first.json().path("items")).hasSize(2);
    assertThat(first.at("/metadata/remainingItemCount")).isEqualTo("3");
    api.delete(path + "/c").is(200);
    Api.Answer second =
        api.get(path + "?limit=2&continue=" + first.at("/metadata/continue")).is(200);
    assertThat(second.json().path("items").findValuesAsText("host")).containsExactly("c", "d");
    assertThat(second.at("/metadata/resourceVersion"))
        .isEqualTo(first.at("/metadata/resourceVersion"));
    Api.Answer last =
        api.get(path + "?limit=2&continue=" + second.at("/metadata/continue")).is(200);
    assertThat(last.json().path("items").findValuesAsText("host")).containsExactly("e");
    assertThat(last.json().at("/metadata/continue").isMissingNode()).isTrue();
    api.get(path + "?limit=2&continue=nonsense").is(400);
    api.delete(path + "?labelSelector=odd%3Dtrue").is(200);
    assertThat(api.get(path).json().path("items").findValuesAsText("host"))
        .containsExactly("b", "d");
  }

  @Test
  void tablesAndYamlAreGivenToWhoAsks() throws Exception {
    String path = ISTIO + "table/destinationrules";
    api.send("POST", path, YAML, rule("a", "orders")).is(201);
    Api.Answer table =
        api.send(
                api.request(path)
                    .header(
                        "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                    .build())
            .is(200);
    assertThat(table.at("/kind")).isEqualTo("Table");
    assertThat(table.json().path("columnDefinitions").findValuesAsText("name"))
        .containsExactly("Name", "Host", "Accepted", "Age");
    assertThat(table.at("/rows/0/cells/0")).isEqualTo("a");
    assertThat(table.at("/rows/0/cells/1")).isEqualTo("orders");
    assertThat(table.at("/rows/0/object/metadata/name")).isEqualTo("a");
    Api.Answer yaml = api.send(api.request(path + "/a").header("Accept", YAML).build()).is(200);
    assertThat(Trees.tree(yaml.response().body()).path("spec"))
        .isEqualTo(api.get(path + "/a").json().path("spec"));
  }

  @Test
  void namesAreMadeFromAPrefix() throws Exception {
    String[] lines = rule("a", "a");
    lines[2] = "metadata: {generateName: made-}";
    assertThat(
            api.send("POST", ISTIO + "made/destinationrules", YAML, lines)
                .is(201)
                .at("/metadata/name"))
        .matches("made-[a-z0-9]{5}");
  }
}
