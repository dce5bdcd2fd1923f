package dev.meshagent.controller.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.Trees;
import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final ServiceId ORDERS = new ServiceId("default", "orders");

  private static final Caller CALLER = new Caller("default", Map.of());

  private final VirtualLoop loop = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(loop, LEASE.toNanos(), new AtomicLong(1)::getAndIncrement);
  private final Directory directory = new Directory(loop, registry, "e1");
  private long version;

  @BeforeEach
  void wire() {
    registry.listen(directory);
  }

  private ServiceView serve(String... addresses) {
    registry.register(
        new Registration(
            "a1",
            ORDERS,
            List.of(addresses),
            List.of(new WorkloadPort("http", 8080)),
            1,
            Locality.UNKNOWN,
            Map.of()));
    return directory.find(ORDERS).orElseThrow();
  }

  @Test
  void whoWaitedInVainIsNotKept() {
    ServiceView view = serve("10.0.0.7");
    directory.subscribe(new Subscriber("c1", ORDERS, Vantage.ELSEWHERE, CALLER), ORDERS, "");
    AtomicInteger ran = new AtomicInteger();
    directory.whenConverged(ORDERS, "a1", LEASE.toNanos(), ran::incrementAndGet);
    assertThat(view.waiting()).isOne();
    loop.pass(LEASE);
    assertThat(ran).hasValue(1);
    assertThat(view.waiting()).isZero();
  }

  private static List<String> addresses(List<Endpoint> endpoints) {
    return endpoints.stream().flatMap(endpoint -> endpoint.addresses.stream()).toList();
  }

  @Test
  void loopbackAddressesAreToldOnTheSameHostAlone() {
    ServiceView view = serve("127.0.0.1", "10.0.0.7", "::1");
    assertThat(addresses(view.snapshot(Vantage.SAME_HOST, view.policy(CALLER)).endpoints))
        .containsExactly("127.0.0.1", "10.0.0.7", "::1");
    assertThat(addresses(view.snapshot(Vantage.ELSEWHERE, view.policy(CALLER)).endpoints))
        .containsExactly("10.0.0.7");
    serve("::ffff:127.0.0.9");
    assertThat(view.snapshot(Vantage.SAME_HOST, view.policy(CALLER)).endpoints).hasSize(1);
    assertThat(view.snapshot(Vantage.ELSEWHERE, view.policy(CALLER)).endpoints).isEmpty();
  }

  @Test
  void anEndpointThatRetreatsToLoopbackIsRemovedForSubscribersElsewhere() {
    ServiceView view = serve("10.0.0.7");
    long before = view.seq();
    serve("127.0.0.1");
    assertThat(view.deltaFrom(before, Vantage.ELSEWHERE).upsert).isEmpty();
    assertThat(view.deltaFrom(before, Vantage.ELSEWHERE).remove).containsExactly("a1");
    assertThat(addresses(view.deltaFrom(before, Vantage.SAME_HOST).upsert))
        .containsExactly("127.0.0.1");
  }

  private void obey(Kind kind, String spec) {
    version++;
    ObjectNode document =
        Trees.object(
            "apiVersion: " + kind.apiVersion(),
            "kind: " + kind.kind,
            "metadata: {name: db, namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'}",
            "spec: " + spec);
    ResourceKey key = new ResourceKey(kind, "default", "db");
    directory.obey(PolicySet.of(List.of(new Resource(key, document, version)), version));
  }

  private void resolved(String host, String... addresses) {
    directory.resolved(
        new HostAddresses(
            Map.of(host, new HostAddresses.Answer(List.of(addresses), Optional.empty()))));
  }

  private List<String> addresses(String service) {
    return directory
        .find(new ServiceId("default", service))
        .map(view -> addresses(List.copyOf(view.endpoints())))
        .orElse(List.of());
  }

  private static String entry(String... endpoints) {
    return "{hosts: [db], ports: [{number: 80, name: http}], resolution: DNS, endpoints: ["
        + Stream.of(endpoints).map("{address: %s}"::formatted).collect(Collectors.joining(","))
        + "]}";
  }

  @Test
  void anAddressThatIsWrittenAsANameStaysUntilTheNameIsAnswered() {
    obey(Kind.SERVICE_ENTRY, entry("10.0.0.1", "10.0.0.9"));
    assertThat(addresses("db")).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.9");
    obey(Kind.SERVICE_ENTRY, entry("a.example.com"));
    assertThat(addresses("db")).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.9");
    resolved("a.example.com", "10.0.0.2");
    assertThat(addresses("db")).containsExactly("10.0.0.2");
    obey(Kind.SERVICE_ENTRY, entry("b.example.com"));
    assertThat(addresses("db")).as("another name").containsExactly("10.0.0.2");
    resolved("b.example.com");
    assertThat(addresses("db")).as("which has no address").isEmpty();
  }

  @Test
  void whatIsWrittenWithoutANameHoldsAtOnce() {
    obey(Kind.SERVICE_ENTRY, entry("10.0.0.1"));
    obey(Kind.SERVICE_ENTRY, entry("a.example.com"));
    obey(Kind.SERVICE_ENTRY, entry("10.0.0.3"));
    assertThat(addresses("db")).containsExactly("10.0.0.3");
    obey(Kind.SERVICE_ENTRY, entry("a.example.com"));
    directory.obey(PolicySet.of(List.of(), ++version));
    assertThat(addresses("db")).isEmpty();
  }

  @Test
  void aWorkloadEntryStaysWhereItWasUntilItsNameIsAnswered() {
    obey(Kind.WORKLOAD_ENTRY, "{address: 10.0.0.1, ports: {http: 80}, labels: {app: old}}");
    obey(Kind.WORKLOAD_ENTRY, "{address: a.example.com, ports: {http: 80}, labels: {app: old}}");
    assertThat(addresses("old")).containsExactly("10.0.0.1");
    resolved("a.example.com", "10.0.0.2");
    assertThat(addresses("old")).containsExactly("10.0.0.2");
  }
}
