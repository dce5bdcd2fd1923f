package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.registry.HealthCause;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadGroupTest {
  private static final ServiceId ORDERS = new ServiceId("shop", "orders");
  private static final String TEMPLATE =
      "template: {weight: 3, locality: 'eu/b', labels: {app: 'x', tier: 'low', os: 'linux'},"
          + " ports: {web: 8080, none: 9999}}";

  private static Workload workload(int weight, String locality, String group, boolean ready) {
    return new Workload(
        new Registration(
            "a1",
            ORDERS,
            List.of("10.0.0.1"),
            List.of(new WorkloadPort("http", 8080)),
            weight,
            Locality.parse(locality),
            Map.of("app", "orders"),
            group,
            ready),
        HealthCause.REGISTERED,
        Instant.EPOCH,
        Instant.EPOCH,
        1);
  }

  private static Membership group(String spec) {
    return Mesh.with().add(Kind.WORKLOAD_GROUP, "shop", "vms", spec).membership();
  }

  private static List<String> errors(String spec) {
    return Mesh.with().add(Kind.WORKLOAD_GROUP, "shop", "vms", spec).errors();
  }

  @Test
  void theTemplateSaysWhatAProcessDoesNotSayOfItself() {
    Membership membership = group("{metadata: {labels: {tier: 'gold'}}, " + TEMPLATE + "}");
    Endpoint plain = membership.of(workload(1, "", "vms", false)).get(ORDERS);
    assertThat(plain.weight).isEqualTo(3);
    assertThat(plain.locality).hasToString("eu/b");
    assertThat(plain.labels).isEqualTo(Map.of("app", "orders", "tier", "gold", "os", "linux"));
    assertThat(plain.ports).isEqualTo(Map.of("http", 8080, "web", 8080));
    assertThat(plain.primaryPort).isEqualTo(8080);
    Endpoint own = membership.of(workload(2, "us/c", "vms", false)).get(ORDERS);
    assertThat(own.weight).isEqualTo(2);
    assertThat(own.locality).hasToString("us/c");
    Endpoint other = membership.of(workload(1, "", "else", false)).get(ORDERS);
    assertThat(other.labels).isEqualTo(Map.of("app", "orders"));
  }

  @Test
  void whoHasNotPassedItsProbeServesNothing() {
    Membership membership = group("{template: {}, probe: {tcpSocket: {port: 8080}}}");
    assertThat(membership.of(workload(1, "", "vms", false))).isEmpty();
    assertThat(membership.of(workload(1, "", "vms", true))).containsOnlyKeys(ORDERS);
    assertThat(membership.of(workload(1, "", "", false))).containsOnlyKeys(ORDERS);
  }

  @Test
  void aProbeIsObeyedOrRefusedFieldByField() {
    assertThat(
            errors(
                "{template: {}, probe: {httpGet: {port: 80, path: '/r?x=1',"
                    + " httpHeaders: [{name: 'X-A', value: 'b'}]}, periodSeconds: 5}}"))
        .isEmpty();
    assertThat(errors("{template: {address: '10.0.0.1', network: 'n'}, probe: {exec: {}}}"))
        .satisfiesExactlyInAnyOrder(
            e -> assertThat(e).startsWith("spec.template.address: "),
            e -> assertThat(e).startsWith("spec.template.network: "),
            e -> assertThat(e).startsWith("spec.probe.exec: ").contains("run no commands"),
            e -> assertThat(e).startsWith("spec.probe: write exactly one of httpGet, tcpSocket"));
    assertThat(
            errors(
                "{template: {}, probe: {httpGet: {port: 80, path: 'r', scheme: 'HTTPS',"
                    + " httpHeaders: [{name: 'a b', value: 'c\\nd'}]}}}"))
        .extracting(e -> e.substring(0, e.indexOf(':')))
        .containsExactlyInAnyOrder(
            "spec.probe.httpGet.path",
            "spec.probe.httpGet.scheme",
            "spec.probe.httpGet.httpHeaders[0].name",
            "spec.probe.httpGet.httpHeaders[0].value");
  }
}
