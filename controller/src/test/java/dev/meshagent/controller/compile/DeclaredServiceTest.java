package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services, ServiceEntries and WorkloadEntries that somebody wrote. */
class DeclaredServiceTest {
  private static final ServiceId ORDERS = new ServiceId("shop", "orders");

  private static final String ENTRY =
      "hosts: ['db.example.com'], resolution: 'STATIC',"
          + " ports: [{name: 'http', number: 80, targetPort: 8080},"
          + " {name: 'admin', number: 9090, protocol: 'HTTP'}]";

  private static Endpoint live(String version) {
    return new Endpoint(
        "u1",
        List.of("10.0.0.7"),
        Map.of("http", 8081),
        null,
        Health.READY,
        1,
        Locality.UNKNOWN,
        Map.of("app", "orders", "version", version));
  }

  @Test
  void aServiceSelectsAndSoMayTakeFromTheOneThatAWorkloadNames() {
    Membership membership =
        Mesh.with()
            .add(Kind.SERVICE, "shop", "orders", "{selector: {version: 'v1'}}")
            .add(Kind.SERVICE, "shop", "canary", "{selector: {app: 'orders', version: 'v2'}}")
            .add(Kind.SERVICE, "other", "orders", "{selector: {app: 'orders'}}")
            .membership();

    assertThat(membership.of(ORDERS, live("v1"))).containsOnlyKeys(ORDERS);
    assertThat(membership.of(ORDERS, live("v2"))).containsOnlyKeys(new ServiceId("shop", "canary"));
  }

  @Test
  void aServiceWithoutSelectorLeavesItsWorkloadsAlone() {
    Membership membership =
        Mesh.with().add(Kind.SERVICE, "shop", "orders", "{ports: []}").membership();

    assertThat(membership.of(ORDERS, live("v1"))).containsOnlyKeys(ORDERS);
  }

  @Test
  void portsOfAServiceAreMapped() {
    Policies policies =
        Mesh.with()
            .add(
                Kind.SERVICE,
                "shop",
                "orders",
                "{ports: [{name: 'a', port: 80, targetPort: 'http'},"
                    + " {name: 'b', port: 81, targetPort: 8081}, {name: 'c', port: 82}]}")
            .policies();

    assertThat(policies.compile(ORDERS, new Caller("x", Map.of())).settings().ports)
        .containsExactly(
            new ServicePort(80, "a", "http"),
            new ServicePort(81, "b", "8081"),
            new ServicePort(82, "c", "82"));
  }

  @Test
  void endpointsThatAreWrittenHaveThePortsOfTheirEntry() {
    ServiceId id = new ServiceId("shop", "db.example.com");
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.SERVICE_ENTRY,
                "shop",
                "db",
                "{"
                    + ENTRY
                    + ", endpoints: [{address: '10.0.0.8', ports: {http: 81}, weight: 3,"
                    + " locality: 'eu/a', labels: {version: 'v1'}}]}");

    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.membership().declared().get(id))
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.address).isEqualTo("10.0.0.8");
              assertThat(endpoint.ports)
                  .containsExactly(Map.entry("http", 81), Map.entry("admin", 9090));
              assertThat(endpoint.weight).isEqualTo(3);
              assertThat(endpoint.locality).isEqualTo(Locality.parse("eu/a"));
            });
    assertThat(mesh.policies().declared()).containsExactly(id);
  }

  @Test
  void entriesSelectWorkloadsThatLiveAndThoseThatAreWritten() {
    ServiceId id = new ServiceId("shop", "db.example.com");
    Membership membership =
        Mesh.with()
            .add(
                Kind.SERVICE_ENTRY,
                "shop",
                "db",
                "{" + ENTRY + ", workloadSelector: {labels: {app: 'orders'}}}")
            .add(
                Kind.WORKLOAD_ENTRY,
                "shop",
                "old",
                "{address: '10.0.0.9', ports: {http: 7}, labels: {app: 'orders'}}")
            .membership();

    assertThat(membership.of(ORDERS, live("v1")).get(id).ports)
        .containsExactly(Map.entry("http", 8081), Map.entry("admin", 9090));
    assertThat(membership.declared()).containsOnlyKeys(ORDERS, id);
    assertThat(membership.declared().get(ORDERS))
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.uid).matches("[0-9a-f]{32}"));
  }

  @Test
  void anEntryMayBeKnownInItsNamespaceAlone() {
    Policies policies =
        Mesh.with()
            .add(Kind.SERVICE_ENTRY, "shop", "db", "{" + ENTRY + ", exportTo: ['.']}")
            .policies();
    ServiceId id = new ServiceId("shop", "db.example.com");

    assertThat(policies.visible(id, "shop")).isTrue();
    assertThat(policies.visible(id, "other")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVICE_ENTRY  | {hosts: ['a.b'], resolution: 'NONE', ports: [{name: 'a', number: 1}]} | spec.resolution: is NONE
          SERVICE_ENTRY  | {hosts: ['*.b'], resolution: 'DNS', ports: [{name: 'a', number: 1}]}  | spec.hosts[0]: cannot be looked up
          SERVICE_ENTRY  | {hosts: ['a.b'], resolution: 'STATIC', ports: [{name: 'a', number: 1}], endpoints: [{address: 'c.d'}]} | spec.endpoints[0].address: is no IP address; write one, or resolution DNS
          SERVICE_ENTRY  | {hosts: ['a.b'], resolution: 'STATIC'}                                | spec.ports: is missing
          SERVICE_ENTRY  | {hosts: ['10.0.0.1'], resolution: 'STATIC', ports: [{name: 'a', number: 1}]} | spec.hosts[0]: is an address
          SERVICE_ENTRY  | {hosts: ['a.b'], addresses: ['10.0.0.1'], resolution: 'STATIC', ports: [{name: 'a', number: 1}]} | spec.addresses: is not obeyed
          SERVICE_ENTRY  | {hosts: ['a.b'], resolution: 'STATIC', ports: [{name: 'a', number: 1, protocol: 'MONGO'}]} | spec.ports[0].protocol: write HTTP
          WORKLOAD_ENTRY | {address: 'a b'}                                                      | spec.address: is neither an IP address nor a name
          WORKLOAD_ENTRY | {address: '10.0.0.300.1'}                                             | spec.address: is neither an IP address nor a name
          SERVICE        | {type: 'ExternalName', externalName: '10.0.0.1', ports: [{port: 80}]} | spec.externalName: is no name
          SERVICE        | {type: 'ExternalName', externalName: 'a.example.com'}                 | spec.ports: is missing
          SERVICE        | {type: 'ExternalName', externalName: 'a.b', ports: [{port: 80, targetPort: 'http'}]} | spec.ports[0].targetPort: write a whole number
          SERVICE        | {type: 'ExternalName', externalName: 'a.b', selector: {a: 'b'}, ports: [{port: 80}]} | spec.selector: chooses nothing
          SERVICE        | {type: 'ExternalName', externalName: 'x.shop.svc', ports: [{port: 80}]} | spec.externalName: is a service of the mesh
          SERVICE        | {externalName: 'a.b'}                                                 | spec.externalName: is not obeyed
          WORKLOAD_ENTRY | {address: '10.0.0.1', network: 'n'}                                   | spec.network: is not obeyed
          SERVICE        | {type: 'NodePort'}                                                    | spec.type: is NodePort
          SERVICE        | {ports: [{port: 1}, {port: 2}]}                                       | spec.ports[0].name: is missing
          SERVICE        | {ports: [{port: 1, protocol: 'UDP'}]}                                 | spec.ports[0].protocol: is UDP
          """)
  void whatCannotBeObeyedIsRefusedWithItsPath(Kind kind, String spec, String error) {
    assertThat(Mesh.with().add(kind, "shop", "x", spec).errors())
        .anySatisfy(e -> assertThat(e).startsWith(error));
  }

  @Test
  void whatIsNoNameToAgentsIsNoService() {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(Kind.SERVICE, "shop", "123", "{selector: {app: 'orders'}}")
            .add(Kind.SERVICE_ENTRY, "shop", "db", "{" + ENTRY + "}")
            .add(Kind.VIRTUAL_SERVICE, "shop", "v", "{hosts: ['456.shop'], http: []}");
    assertThat(mesh.errors())
        .anySatisfy(
            e ->
                assertThat(e)
                    .isEqualTo("spec.hosts[0]: means shop/456, which cannot name a service"));
    mesh.add(Kind.WORKLOAD_ENTRY, "shop", "w", "{address: '10.0.0.9', labels: {app: '789'}}");
    assertThat(mesh.policies().declared()).containsExactly(new ServiceId("shop", "db.example.com"));
    assertThat(mesh.membership().declared()).isEmpty();
    assertThat(mesh.membership().of(ORDERS, live("v1"))).containsOnlyKeys(ORDERS);
    assertThat(Mesh.with().add(Kind.SERVICE, "shop", "123", "{ports: []}").errors())
        .singleElement()
        .asString()
        .startsWith("metadata.name: cannot name a service");
  }

  @Test
  void oneHostIsDeclaredOnce() {
    assertThat(
            Mesh.with()
                .add(Kind.SERVICE_ENTRY, "shop", "z", "{" + ENTRY + "}")
                .add(Kind.SERVICE_ENTRY, "shop", "a", "{" + ENTRY + "}")
                .errors())
        .singleElement()
        .asString()
        .startsWith("spec.hosts[0]: is declared by ServiceEntry shop/z already");
  }
}
