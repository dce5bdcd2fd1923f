package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names where addresses are wanted, and what becomes of them. */
class NamedAddressesTest {
  private static final String DNS =
      "resolution: 'DNS', ports: [{name: 'http', number: 80, targetPort: 8080}]";

  private static List<String> addresses(Membership membership, String service) {
    return membership.declared().getOrDefault(new ServiceId("shop", service), List.of()).stream()
        .map((Endpoint endpoint) -> endpoint.address)
        .toList();
  }

  @Test
  void eachAddressOfANameIsAnEndpointOfItsOwn() {
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.SERVICE_ENTRY,
                "shop",
                "db",
                "{hosts: ['db'], "
                    + DNS
                    + ", endpoints: [{address: 'DB.example.com', weight: 3, ports: {http: 81}},"
                    + " {address: '10.0.0.9'}]}");
    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.membership().names()).containsExactly("db.example.com");
    assertThat(addresses(mesh.membership(), "db")).containsExactly("10.0.0.9");
    Membership membership = mesh.membership("db.example.com", "10.0.0.1", "::2");
    assertThat(addresses(membership, "db")).containsExactly("10.0.0.1", "::2", "10.0.0.9");
    List<Endpoint> endpoints = membership.declared().get(new ServiceId("shop", "db"));
    assertThat(endpoints.get(0).weight).isEqualTo(3);
    assertThat(endpoints.get(0).ports).isEqualTo(Map.of("http", 81));
    assertThat(endpoints).extracting(endpoint -> endpoint.uid).doesNotHaveDuplicates();
    Endpoint later =
        mesh.membership("db.example.com", "::2").declared().get(new ServiceId("shop", "db")).get(0);
    assertThat(later).as("it keeps its identity").isEqualTo(endpoints.get(1));
  }

  @Test
  void withoutEndpointsTheHostsThemselvesAreLookedUp() {
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.SERVICE_ENTRY,
                "shop",
                "api",
                "{hosts: ['a.example.com', 'b.example.com'], " + DNS + "}");
    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.membership().names()).containsExactly("a.example.com", "b.example.com");
    Membership membership = mesh.membership("a.example.com", "10.0.0.1");
    assertThat(addresses(membership, "a.example.com")).containsExactly("10.0.0.1");
    assertThat(addresses(membership, "b.example.com")).isEmpty();
  }

  @Test
  void aWorkloadEntryMayNameItsHost() {
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.WORKLOAD_ENTRY,
                "shop",
                "old",
                "{address: 'old.example.com', ports: {http: 7}, labels: {app: 'orders'}}");
    assertThat(mesh.errors()).isEmpty();
    assertThat(addresses(mesh.membership(), "orders")).isEmpty();
    assertThat(addresses(mesh.membership("old.example.com", "10.0.0.4"), "orders"))
        .containsExactly("10.0.0.4");
  }

  @Test
  void anExternalNameIsThatHostAtThePortsWritten() {
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.SERVICE,
                "shop",
                "mail",
                "{type: 'ExternalName', externalName: 'mail.example.com',"
                    + " ports: [{name: 'a', port: 80, targetPort: 8025}, {name: 'b', port: 90}]}");
    assertThat(mesh.errors()).isEmpty();
    Membership membership = mesh.membership("mail.example.com", "10.0.0.4");
    assertThat(membership.declared().get(new ServiceId("shop", "mail")))
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.ports).isEqualTo(Map.of("a", 8025, "b", 90)));
  }
}
