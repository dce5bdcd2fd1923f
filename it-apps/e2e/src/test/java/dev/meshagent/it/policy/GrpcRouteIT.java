package dev.meshagent.it.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * What Gateway API shows of GRPCRoutes: a real gRPC client and real servers, each a process under
 * the agent.
 */
@EnabledIf("dev.meshagent.testbed.Kubectl#isThere")
class GrpcRouteIT {
  private static final int UNIMPLEMENTED = 12;

  private static PolicyMesh mesh;

  @BeforeAll
  static void start() {
    mesh = new PolicyMesh();
    mesh.serveGrpc("users");
    mesh.serveGrpc("users-next");
  }

  @AfterAll
  static void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  /** A GRPCRoute of the service with these rules. */
  private static void route(String rules) {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GRPCRoute
        metadata: {name: users}
        spec:
          parentRefs: [{group: "", kind: Service, name: users}]
          rules:
        %s
        """
            .formatted(rules.strip().indent(2)));
  }

  private static List<PolicyMesh.Answer> calls(int count, String method, String headers) {
    return mesh.calls(count, "grpc " + method + " dns:///users " + headers);
  }

  private static long by(String service, List<PolicyMesh.Answer> answers) {
    return answers.stream()
        .filter(answer -> answer.status() == 0 && answer.by().equals(service))
        .count();
  }

  @Test
  void aMethodIsLedToAnotherServiceAndWhatNoRuleMatchesIsUnimplemented() {
    route(
        """
        - matches: [{method: {service: shop.Users, method: Login}}]
          backendRefs: [{name: users-next, port: 80}]
        - matches: [{method: {service: shop.Users}}]
          backendRefs: [{name: users, port: 80}]
        """);
    assertThat(by("users-next", calls(10, "shop.Users/Login", ""))).isEqualTo(10);
    assertThat(by("users", calls(10, "shop.Users/Logout", ""))).isEqualTo(10);
    PolicyMesh.Answer other = calls(1, "shop.Admins/Login", "").get(0);
    assertThat(other.status()).as(other.text()).isEqualTo(UNIMPLEMENTED);

    route(
        """
        - matches: [{method: {type: RegularExpression, service: "shop[.].*", method: "Log.*"}}]
          backendRefs: [{name: users-next, port: 80}]
        """);
    assertThat(by("users-next", calls(5, "shop.Admins/Logout", ""))).isEqualTo(5);
    assertThat(calls(1, "shop.Admins/List", "").get(0).status()).isEqualTo(UNIMPLEMENTED);
  }

  @Test
  void aHeaderChoosesAndHeadersAreChanged() {
    route(
        """
        - backendRefs: [{name: users, port: 80}]
        - matches: [{headers: [{name: magic, value: foo}]}]
          filters:
          - type: RequestHeaderModifier
            requestHeaderModifier: {set: [{name: x-echo, value: changed}]}
          backendRefs: [{name: users-next, port: 80}]
        """);
    List<PolicyMesh.Answer> magic = calls(10, "shop.Users/Login", "magic=foo x-echo=mine");
    assertThat(by("users-next", magic)).isEqualTo(10);
    assertThat(magic).extracting(PolicyMesh.Answer::text).allMatch(it -> it.endsWith(" changed"));
    List<PolicyMesh.Answer> plain = calls(10, "shop.Users/Login", "magic=bar x-echo=mine");
    assertThat(by("users", plain)).isEqualTo(10);
    assertThat(plain).extracting(PolicyMesh.Answer::text).allMatch(it -> it.endsWith(" mine"));
  }

  @Test
  void callsAreSplitByWeightOverOneChannel() {
    route(
        """
        - backendRefs: [{name: users, port: 80, weight: 9}, {name: users-next, port: 80, weight: 1}]
        """);
    List<PolicyMesh.Answer> answers = calls(500, "shop.Users/Login", "");
    // Five standard deviations to either side.
    assertThat(by("users-next", answers)).isBetween(17L, 83L);
    assertThat(by("users", answers) + by("users-next", answers)).isEqualTo(500);
  }
}
