package dev.meshagent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostMeaningTest {
  @Test
  void aHostIsUndecidedUntilTheNamesAndTheSnapshotAreThere() {
    Mesh mesh = new Mesh();
    assertThat(mesh.engine.meaning("orders").undecidedNanos).isEqualTo(1_000_000_000L);
    mesh.name(NamedService.of(Mesh.ORDERS));
    assertThat(mesh.engine.meaning("orders").undecidedNanos).isEqualTo(1_000_000_000L);
    assertThat(mesh.wanted).containsExactly(Mesh.ORDERS);
    mesh.snapshot(Mesh.endpoint("a"));
    HostMeaning meaning = mesh.engine.meaning("orders");
    assertThat(meaning.undecidedNanos).isZero();
    assertThat(meaning.snapshot.endpoints).hasSize(1);
  }

  @Test
  void whatIsNoMeshNameIsOutsideAtOnce() {
    Mesh mesh = Mesh.with(Mesh.endpoint("a"));
    assertThat(mesh.engine.meaning("example.com")).isSameAs(HostMeaning.OUTSIDE);
    assertThat(new Mesh().engine.meaning("127.0.0.1")).isSameAs(HostMeaning.OUTSIDE);
  }

  @Test
  void withoutASnapshotInTimeTheServiceDecides() {
    Mesh open = new Mesh();
    open.name(NamedService.of(Mesh.ORDERS));
    open.engine.meaning("orders");
    open.clock.advance(2, TimeUnit.SECONDS);
    assertThat(open.engine.meaning("orders")).isSameAs(HostMeaning.OUTSIDE);

    Mesh strict = new Mesh();
    strict.name(new NamedService(Mesh.ORDERS, Collections.<String>emptyList(), OnAgentError.FAIL));
    strict.engine.meaning("orders");
    strict.clock.advance(2, TimeUnit.SECONDS);
    assertThat(strict.engine.meaning("orders").snapshot.endpoints).isEmpty();
  }

  @Test
  void watchersAreToldOfNamesAndSnapshotsUntilTheyLeave() {
    Mesh mesh = new Mesh();
    AtomicInteger told = new AtomicInteger();
    Runnable watcher = told::incrementAndGet;
    mesh.engine.watch(watcher);
    mesh.name(NamedService.of(Mesh.ORDERS));
    mesh.snapshot(Mesh.endpoint("a"));
    assertThat(told).hasValue(2);
    mesh.engine.unwatch(watcher);
    mesh.snapshot(Mesh.endpoint("b"));
    assertThat(told).hasValue(2);
  }
}
