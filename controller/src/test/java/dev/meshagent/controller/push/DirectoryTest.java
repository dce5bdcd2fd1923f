package dev.meshagent.controller.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
}
