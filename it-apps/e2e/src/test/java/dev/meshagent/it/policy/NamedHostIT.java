package dev.meshagent.it.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Polling;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Hosts that the controller looks up, by the resolver of this machine. */
class NamedHostIT {
  private static String by(PolicyMesh mesh, String url) {
    // The first calls may come before the name was looked up.
    Polling.until(
        () -> mesh.call("jdk GET " + url).status() == 200,
        Duration.ofSeconds(120),
        () -> url + " is not answered");
    return mesh.call("jdk GET " + url).by();
  }

  @Test
  void aCallGoesWhereTheNameOfAServiceEntryOrAnExternalNameStandsFor() {
    try (PolicyMesh mesh = new PolicyMesh();
        Echo echo = new Echo("here")) {
      mesh.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: api}
          spec:
            hosts: [api.example.com]
            resolution: DNS
            ports: [{name: http, number: 80, protocol: HTTP}]
            endpoints: [{address: localhost, ports: {http: %1$d}}]
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: mail}
          spec:
            type: ExternalName
            externalName: localhost
            ports: [{name: http, port: 80, targetPort: %1$d}]
          """
              .formatted(echo.port()));
      assertThat(by(mesh, "http://api.example.com/")).isEqualTo("here");
      assertThat(by(mesh, "http://mail/")).isEqualTo("here");
      assertThat(mesh.explain("GET", "http://mail/").at("/names/0/addresses").toString())
          .contains("127.0.0.1");
      mesh.discardLogs();
    }
  }
}
