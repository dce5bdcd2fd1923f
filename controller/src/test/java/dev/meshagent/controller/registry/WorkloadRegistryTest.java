package dev.meshagent.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WorkloadRegistryTest {
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final VirtualLoop loop = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(loop, LEASE.toNanos(), new AtomicLong(1)::getAndIncrement);
  private final List<String> changes = new ArrayList<>();

  @BeforeEach
  void record() {
    registry.listen(
        (before, after) ->
            changes.add(
                before.or(() -> after).orElseThrow().uid()
                    + " "
                    + before.map(w -> w.health().name()).orElse("-")
                    + " "
                    + after.map(w -> w.health().name()).orElse("-")));
  }

  private void serve(String service, String uid, int... ports) {
    List<WorkloadPort> list = new ArrayList<>();
    for (int port : ports) {
      list.add(new WorkloadPort("p" + port, port));
    }
    registry.register(
        new Registration(
            uid,
            new ServiceId("default", service),
            List.of("10.0.0.7"),
            list,
            1,
            Locality.UNKNOWN,
            Map.of("app", service)));
  }

  private void register(String... uids) {
    for (String uid : uids) {
      serve("orders", uid, 8080);
    }
  }

  /** Passes time in the steps in which a controller sweeps. */
  private void pass(Duration time, String... renewing) {
    for (long left = time.toMillis(); left > 0; left -= 500) {
      loop.pass(Duration.ofMillis(500));
      for (String uid : renewing) {
        registry.heard(uid);
      }
      registry.sweep();
    }
  }

  private Health health(String uid) {
    return registry.find(uid).map(Workload::health).orElse(null);
  }

  @Test
  void aLostConnectionMakesSuspectAtOnceAndRemovesWhenTheLeaseEnds() {
    register("a", "b", "c");
    pass(LEASE, "a", "b", "c");
    registry.lost("a");
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    pass(LEASE.minusMillis(500), "b", "c");
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    pass(Duration.ofMillis(500), "b", "c");
    assertThat(health("a")).isNull();
    assertThat(health("b")).isEqualTo(Health.READY);
  }

  @Test
  void noneIsRemovedWhileMoreThanHalfOfTheServiceIsSuspect() {
    register("a", "b", "c");
    pass(LEASE, "a", "b", "c");
    registry.lost("a");
    registry.lost("b");
    pass(LEASE.multipliedBy(4), "c");
    assertThat(registry.all()).hasSize(3);

    registry.connected("b");
    register("b");
    pass(Duration.ofMillis(500), "b", "c");
    assertThat(health("b")).isEqualTo(Health.READY);
    assertThat(health("a")).isNull();
  }

  @Test
  void halfOfAServiceMayBeRemoved() {
    register("a", "b");
    pass(LEASE, "a", "b");
    registry.lost("a");
    pass(LEASE, "b");
    assertThat(health("a")).isNull();
  }

  @Test
  void theOnlyWorkloadOfAServiceStaysSuspectUntilAnotherComes() {
    register("a");
    pass(LEASE, "a");
    registry.lost("a");
    pass(LEASE.multipliedBy(3));
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    register("a2");
    pass(Duration.ofMillis(500), "a2");
    assertThat(health("a")).isNull();
  }

  @Test
  void workloadsThatCrashOneLeaseApartAreRemovedEachInItsTime() {
    register("a", "b", "c", "d", "e");
    pass(LEASE, "a", "b", "c", "d", "e");
    registry.lost("a");
    pass(LEASE.minusMillis(500), "b", "c", "d", "e");
    registry.lost("b");
    pass(Duration.ofMillis(500), "c", "d", "e");
    assertThat(health("a")).isNull();
    pass(LEASE, "c", "d", "e");
    assertThat(health("b")).isNull();
    registry.lost("c");
    pass(LEASE.plusSeconds(1), "d", "e");
    assertThat(registry.all()).hasSize(2);
  }

  @Test
  void theDeadOfLongAgoDoNotKeepTheLaterDead() {
    register("a", "b", "c");
    pass(LEASE, "a", "b", "c");
    registry.lost("a");
    registry.lost("b");
    pass(LEASE.multipliedBy(4), "c");
    registry.lost("c");
    pass(LEASE, "elsewhere");
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    assertThat(health("c")).isNull();
  }

  @Test
  void aLoneWorkloadThatCrashedIsRemovedAfterTenLeasesWhileAnybodyIsHeard() {
    register("a");
    pass(LEASE, "a");
    registry.lost("a");
    pass(LEASE.multipliedBy(10).minusMillis(500), "elsewhere");
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    pass(Duration.ofMillis(500), "elsewhere");
    assertThat(health("a")).isNull();
  }

  @Test
  void nobodyIsGivenUpForTheTimeInWhichTheControllerHeardNobody() {
    register("a", "b", "c");
    pass(LEASE, "a", "b", "c");
    registry.lost("a");
    registry.lost("b");
    registry.lost("c");
    pass(LEASE.multipliedBy(30));
    assertThat(registry.all()).hasSize(3);
    pass(LEASE.multipliedBy(9), "elsewhere");
    assertThat(registry.all()).hasSize(3);
    pass(LEASE.multipliedBy(2), "elsewhere");
    assertThat(registry.all()).isEmpty();
  }

  @Test
  void nobodyIsRemovedForOneLeaseAfterTheStartExceptOnLeave() {
    WorkloadRegistry young =
        new WorkloadRegistry(loop, LEASE.toNanos(), new AtomicLong(1)::getAndIncrement);
    assertThat(young.young()).isTrue();
    register("a", "b", "c");
    registry.lost("a");
    registry.leave("b");
    pass(LEASE.minusMillis(500), "c");
    assertThat(health("a")).isEqualTo(Health.SUSPECT);
    assertThat(health("b")).isNull();
  }

  @Test
  void anOpenButSilentConnectionMakesSuspectAndAnythingHeardMakesReadyAgain() {
    register("a", "b", "c");
    pass(Duration.ofSeconds(10), "b", "c");
    assertThat(registry.find("a").orElseThrow().cause()).isEqualTo(HealthCause.SILENT);
    registry.heard("a");
    assertThat(health("a")).isEqualTo(Health.READY);
    pass(LEASE, "b", "c");
    assertThat(health("a")).isNull();
  }

  @Test
  void aDrainingWorkloadThatClosesIsGoneAtOnce() {
    register("a", "b", "c");
    registry.drain("a");
    assertThat(health("a")).isEqualTo(Health.DRAINING);
    registry.lost("a");
    assertThat(health("a")).isNull();
  }

  @Test
  void aDrainingWorkloadThatRegistersStaysDrainingUntilItConnectsAnew() {
    register("a");
    registry.drain("a");
    serve("orders", "a", 8080, 8081);
    assertThat(health("a")).isEqualTo(Health.DRAINING);
    registry.connected("a");
    register("a");
    assertThat(health("a")).isEqualTo(Health.READY);
  }

  @Test
  void whoComesBackWithoutServingIsRemovedWhenItsLeaseEnds() {
    register("a", "b", "c");
    pass(LEASE, "a", "b", "c");
    registry.lost("a");
    registry.connected("a");
    pass(LEASE, "a", "b", "c");
    assertThat(health("a")).isNull();
  }

  @Test
  void noPortsWithdrawAndAnotherServiceMoves() {
    register("a");
    serve("orders", "a");
    assertThat(health("a")).isNull();
    register("b");
    serve("inventory", "b", 8080);
    assertThat(registry.find("b").orElseThrow().service().name).isEqualTo("inventory");
    assertThat(changes)
        .containsExactly("a - READY", "a READY -", "b - READY", "b READY -", "b - READY");
  }

  @Test
  void statingTheSameAgainChangesNothingAndVersionsOnlyGrow() {
    register("a");
    long version = registry.version();
    register("a");
    assertThat(registry.version()).isEqualTo(version);
    assertThat(changes).hasSize(1);
    registry.lost("a");
    assertThat(registry.version()).isGreaterThan(version);
    assertThat(registry.find("a").orElseThrow().resourceVersion()).isEqualTo(registry.version());
  }
}
