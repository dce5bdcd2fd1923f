package dev.meshagent.it.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What Gateway API shows of a mesh, with HTTPRoutes that are attached to services. */
@EnabledIf("dev.meshagent.testbed.Kubectl#isThere")
class GatewayMeshIT {
  private static PolicyMesh mesh;

  @BeforeAll
  static void start() {
    mesh = new PolicyMesh();
  }

  @AfterAll
  static void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  private static String route(String service, String namespace, String rules) {
    return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          parentRefs: [{group: "", kind: Service, name: %1$s, namespace: default}]
          rules:
        %3$s
        ---
        """
        .formatted(service, namespace, rules.strip().indent(4));
  }

  private static long by(String version, List<PolicyMesh.Answer> answers) {
    return answers.stream().filter(answer -> answer.by().equals(version)).count();
  }

  @Test
  void callsAreSplitBetweenServicesByWeightAndAHeaderChoosesOne() {
    mesh.serve("smiley", "one");
    mesh.serve("smiley2", "two");
    mesh.apply(
        route(
            "smiley",
            "default",
            """
            - backendRefs: [{name: smiley, port: 80, weight: 3}, {name: smiley2, port: 80, weight: 1}]
            - matches: [{headers: [{name: x-user, value: ann}]}]
              backendRefs: [{name: smiley2, port: 80}]
            """));

    List<PolicyMesh.Answer> answers = mesh.calls(400, "jdk GET http://smiley/");
    // Five standard deviations to either side.
    assertThat(by("two", answers)).isBetween(57L, 143L);
    assertThat(by("one", answers) + by("two", answers)).isEqualTo(400);
    assertThat(by("two", mesh.calls(20, "jdk GET http://smiley/ x-user=ann")))
        .as("the header is more specific, wherever it stands")
        .isEqualTo(20);
  }

  @Test
  void pathsAreRewrittenRedirectedAndTheirHeadersChanged() {
    mesh.serve("color", "v1");
    mesh.apply(
        route(
            "color",
            "default",
            """
            - matches: [{path: {type: PathPrefix, value: /old}}]
              filters:
              - type: URLRewrite
                urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}
              - type: RequestHeaderModifier
                requestHeaderModifier: {set: [{name: x-echo, value: changed}]}
              backendRefs: [{name: color, port: 80}]
            - matches: [{path: {type: Exact, value: /moved}}]
              filters:
              - type: RequestRedirect
                requestRedirect: {hostname: color.example, statusCode: 301}
            """));

    assertThat(mesh.call("jdk GET http://color/old/a").text()).isEqualTo("v1 GET /new/a changed");
    assertThat(mesh.call("jdk GET http://color/older").status()).isEqualTo(404);
    PolicyMesh.Answer moved = mesh.call("jdk GET http://color/moved");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(moved.location()).isEqualTo("http://color.example/moved");
  }

  @Test
  void aConsumersRouteSpeaksForItsOwnNamespaceAlone() {
    mesh.serve("face", "v1");
    mesh.apply(
        route(
            "face",
            "elsewhere",
            """
            - filters: [{type: RequestRedirect, requestRedirect: {hostname: nowhere.example}}]
            """));

    assertThat(mesh.call("jdk GET http://face/").by()).isEqualTo("v1");
  }

  @Test
  void whatLeadsToNobodyIsAnInternalErrorUntilSomebodyIsThere() {
    mesh.serve("origin", "v1");
    mesh.apply(route("origin", "default", "- backendRefs: [{name: late, port: 80}]"));
    assertThat(mesh.call("jdk GET http://origin/").status()).isEqualTo(500);

    mesh.serve("late", "late");
    assertThat(mesh.call("jdk GET http://origin/").by()).isEqualTo("late");
  }

  @Test
  void oneDialectMayTakeTheOthersPlaceInOneApplyButNotStandBesideIt() {
    mesh.serve("both", "v1");
    String istio =
        PolicyMesh.virtualService(
            "both", "- {directResponse: {status: 299}, match: [{uri: {prefix: /}}]}");
    mesh.apply(istio);
    assertThat(mesh.call("jdk GET http://both/").status()).isEqualTo(299);

    PolicyMesh.Reply refused =
        mesh.tryApply(route("both", "default", "- backendRefs: [{name: both, port: 80}]"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().toString()).contains("VirtualService default/both");
  }
}
