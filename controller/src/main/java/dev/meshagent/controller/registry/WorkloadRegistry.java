package dev.meshagent.controller.registry;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * The live workloads and their leases. Any frame renews a lease.
 *
 * <pre>
 *            connection lost                 lease ends, and not most of the
 *            or silent for 2/3 lease         service turned suspect with it
 *   ready ───────────────────────▶ suspect ──────────────────────────────▶ removed
 *     ▲ │                             │                                      ▲
 *     │ └───────── drain ──▶ draining ┼── leave, connection lost ────────────┤
 *     └── registered again, or heard ─┘                 leave, nothing served┘
 * </pre>
 *
 * If more than half of a service turned suspect within one lease of each other, the controller is
 * the likelier culprit and none of those is removed, until some of them are back or {@value
 * #PATIENCE_LEASES} leases have gone by through which the controller heard others: then they are
 * gone indeed. For one lease after its start a controller removes nobody at all, because those it
 * has not heard from yet are merely on their way. An announced exit is always obeyed.
 *
 * <p>All methods run on the loop.
 */
public final class WorkloadRegistry {
  /**
   * Long enough for a partition or a crowded machine to be seen to and short enough that a crash of
   * most of a service does not leave its dead for ever.
   */
  private static final int PATIENCE_LEASES = 10;

  private final Loop loop;
  private final long leaseNanos;
  private final LongSupplier versions;
  private final long startedNanos;
  private final Map<String, Lease> leases = new LinkedHashMap<>();
  private final List<RegistryListener> listeners = new CopyOnWriteArrayList<>();
  private long version;
  private long lastHeardNanos;

  /** Since when no lease has gone by in which nobody was heard. */
  private long hearingSinceNanos;

  /**
   * @param leaseNanos how long a workload is kept after it was last heard of
   * @param versions where resource versions come from
   */
  public WorkloadRegistry(Loop loop, long leaseNanos, LongSupplier versions) {
    this.loop = loop;
    this.leaseNanos = leaseNanos;
    this.versions = versions;
    this.startedNanos = loop.nanos();
    this.lastHeardNanos = startedNanos;
    this.hearingSinceNanos = startedNanos;
    this.version = versions.getAsLong();
  }

  public void listen(RegistryListener listener) {
    listeners.add(listener);
  }

  /** A process states what it serves over a connection that is open. */
  public void register(Registration registration) {
    noteHeard(loop.nanos());
    Lease lease = leases.get(registration.uid());
    if (lease != null && !lease.workload.service().equals(registration.service())) {
      remove(lease);
      lease = null;
    }
    if (registration.ports().isEmpty()) {
      if (lease != null) {
        remove(lease);
      }
      return;
    }
    Instant now = loop.now();
    if (lease == null) {
      Workload joined = new Workload(registration, HealthCause.REGISTERED, now, now, nextVersion());
      Lease started = new Lease(joined, loop.nanos());
      leases.put(joined.uid(), started);
      tell(Optional.empty(), Optional.of(joined));
      return;
    }
    lease.heardNanos = loop.nanos();
    lease.connected = true;
    HealthCause cause = lease.announcedExit ? HealthCause.EXIT_ANNOUNCED : HealthCause.REGISTERED;
    change(lease, registration, cause);
  }

  /**
   * A process opened a connection anew: an exit that it announced on an earlier one is void until
   * it announces it again.
   */
  public void connected(String uid) {
    Lease lease = leases.get(uid);
    if (lease != null) {
      lease.announcedExit = false;
      lease.connected = true;
      heard(uid);
    }
  }

  /** Anything came from the process, be it a workload or a mere caller. */
  public void heard(String uid) {
    heard(uid, loop.nanos());
  }

  /**
   * The same, of something that came a little while ago.
   *
   * @param nanos on the loop's clock
   */
  public void heard(String uid, long nanos) {
    noteHeard(nanos);
    Lease lease = leases.get(uid);
    if (lease == null) {
      return;
    }
    if (lease.workload.cause() == HealthCause.CONNECTION_LOST) {
      // Back, but it has not said yet that it still serves: only registering renews the lease.
      return;
    }
    lease.heardNanos = Math.max(lease.heardNanos, nanos);
    if (lease.workload.cause() == HealthCause.SILENT) {
      change(lease, lease.workload.registration(), HealthCause.REGISTERED);
    }
  }

  private void noteHeard(long nanos) {
    if (nanos - lastHeardNanos >= leaseNanos) {
      hearingSinceNanos = nanos;
    }
    if (nanos - lastHeardNanos > 0) {
      lastHeardNanos = nanos;
    }
  }

  /** The process announced its exit. */
  public void drain(String uid) {
    Lease lease = leases.get(uid);
    if (lease != null) {
      lease.announcedExit = true;
      change(lease, lease.workload.registration(), HealthCause.EXIT_ANNOUNCED);
    }
  }

  /** The process is gone, by its own word. */
  public void leave(String uid) {
    Lease lease = leases.get(uid);
    if (lease != null) {
      remove(lease);
    }
  }

  /** The process's connection closed without a word. */
  public void lost(String uid) {
    Lease lease = leases.get(uid);
    if (lease == null) {
      return;
    }
    lease.connected = false;
    if (lease.announcedExit) {
      remove(lease);
    } else {
      change(lease, lease.workload.registration(), HealthCause.CONNECTION_LOST);
    }
  }

  /** Applies what time alone changes; to be called a few times within a lease. */
  public void sweep() {
    long now = loop.nanos();
    List<Lease> silent = new ArrayList<>();
    for (Lease lease : leases.values()) {
      if (lease.connected
          && lease.workload.health() == Health.READY
          && now - lease.heardNanos >= leaseNanos / 3 * 2) {
        silent.add(lease);
      }
    }
    for (Lease lease : silent) {
      change(lease, lease.workload.registration(), HealthCause.SILENT);
    }
    if (now - startedNanos < leaseNanos
        || leases.values().stream().noneMatch(lease -> over(lease, now))) {
      return;
    }
    Map<ServiceId, List<Lease>> byService = new HashMap<>();
    for (Lease lease : leases.values()) {
      byService.computeIfAbsent(lease.workload.service(), s -> new ArrayList<>()).add(lease);
    }
    // All are judged before any is removed, or the first to go would save or doom the rest.
    List<Lease> gone = new ArrayList<>();
    for (Lease lease : leases.values()) {
      if (over(lease, now)
          && (givenUp(lease, now)
              || !fellWithMost(lease, byService.get(lease.workload.service())))) {
        gone.add(lease);
      }
    }
    gone.forEach(this::remove);
  }

  private boolean over(Lease lease, long now) {
    return now - lease.heardNanos >= leaseNanos;
  }

  /**
   * Whether it has been suspect for so long that only its death explains it. The time in which the
   * controller heard nobody does not count, or those who come back second after a partition would
   * find themselves removed by who comes first.
   */
  private boolean givenUp(Lease lease, long now) {
    return lease.workload.health() == Health.SUSPECT
        && now - lease.suspectNanos >= PATIENCE_LEASES * leaseNanos
        && now - hearingSinceNanos >= PATIENCE_LEASES * leaseNanos
        && now - lastHeardNanos < leaseNanos;
  }

  /** Whether more than half of its service turned suspect within one lease of it. */
  private boolean fellWithMost(Lease lease, List<Lease> service) {
    if (lease.workload.health() != Health.SUSPECT) {
      return false;
    }
    int together = 0;
    for (Lease other : service) {
      if (other.workload.health() == Health.SUSPECT
          && Math.abs(other.suspectNanos - lease.suspectNanos) <= leaseNanos) {
        together++;
      }
    }
    return together * 2 > service.size();
  }

  /** True for one lease after the start: what is not known yet may still be on its way. */
  public boolean young() {
    return loop.nanos() - startedNanos < leaseNanos;
  }

  public Optional<Workload> find(String uid) {
    return Optional.ofNullable(leases.get(uid)).map(lease -> lease.workload);
  }

  /** All workloads, in the order in which they joined. */
  public Collection<Workload> all() {
    return leases.values().stream().map(lease -> lease.workload).toList();
  }

  /** The resource version of the latest change. */
  public long version() {
    return version;
  }

  /** Draws the resource version of a change. */
  public long nextVersion() {
    version = versions.getAsLong();
    return version;
  }

  private void change(Lease lease, Registration registration, HealthCause cause) {
    Workload before = lease.workload;
    if (before.registration().equals(registration) && before.cause() == cause) {
      return;
    }
    Instant since = before.cause() == cause ? before.since() : loop.now();
    if (cause.health == Health.SUSPECT && before.health() != Health.SUSPECT) {
      lease.suspectNanos = loop.nanos();
    }
    lease.workload = new Workload(registration, cause, since, before.created(), nextVersion());
    tell(Optional.of(before), Optional.of(lease.workload));
  }

  private void remove(Lease lease) {
    nextVersion();
    leases.remove(lease.workload.uid());
    tell(Optional.of(lease.workload), Optional.empty());
  }

  private void tell(Optional<Workload> before, Optional<Workload> after) {
    for (RegistryListener listener : listeners) {
      listener.changed(before, after);
    }
  }

  /** What is known of a process's being alive. */
  private static final class Lease {
    Workload workload;
    long heardNanos;

    /** When it last turned suspect. */
    long suspectNanos;

    boolean connected = true;
    boolean announcedExit;

    Lease(Workload workload, long heardNanos) {
      this.workload = workload;
      this.heardNanos = heardNanos;
    }
  }
}
