package dev.meshagent.it.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Polling;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A host that is a name of the mesh only because a VirtualService or a ServiceEntry says so. */
class HostOfPolicyIT {
  private static final Duration WITHIN = Duration.ofSeconds(120);
  private static final String ROUTE = "- route: [{destination: {host: orders}}]";

  @Test
  void isLeftAloneAgainByWhoCalledItOnceItIsDeleted() {
    try (PolicyMesh mesh = new PolicyMesh()) {
      mesh.serve("orders", "v1");
      mesh.apply(PolicyMesh.virtualService("vm", ROUTE));
      assertThat(mesh.call("jdk GET http://vm/").by()).isEqualTo("v1");

      mesh.delete("virtualservice", "vm");
      mesh.delete("serviceentry", "orders");
      awaitLeftAlone(mesh, "vm");
      awaitLeftAlone(mesh, "orders");

      mesh.serve("orders", "v2");
      mesh.apply(PolicyMesh.virtualService("vm", ROUTE));
      assertThat(mesh.call("jdk GET http://vm/").by()).isEqualTo("v2");
      mesh.discardLogs();
    }
  }

  /** The name is then the system's to resolve, which knows no such host either. */
  private static void awaitLeftAlone(PolicyMesh mesh, String host) {
    String[] last = {""};
    Polling.until(
        () -> {
          PolicyMesh.Answer answer = mesh.call("jdk GET http://" + host + "/");
          last[0] = answer.text();
          return answer.status() == -1 && !answer.text().contains("default/" + host);
        },
        WITHIN,
        () -> host + " is not left alone: " + last[0]);
  }
}
