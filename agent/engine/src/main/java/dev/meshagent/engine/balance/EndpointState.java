package dev.meshagent.engine.balance;

import dev.meshagent.engine.resilience.EjectionState;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What this process has learned of one endpoint. It belongs to the uid, so it survives the
 * snapshots that come and go. Thread-safe without locks.
 */
public final class EndpointState {
  private static final AtomicLongFieldUpdater<EndpointState> ENDED =
      AtomicLongFieldUpdater.newUpdater(EndpointState.class, "ended");
  private static final AtomicLongFieldUpdater<EndpointState> ATTEMPTS =
      AtomicLongFieldUpdater.newUpdater(EndpointState.class, "attempts");
  private static final AtomicLongFieldUpdater<EndpointState> FAILURES =
      AtomicLongFieldUpdater.newUpdater(EndpointState.class, "failures");

  public final LatencyEstimate latency = new LatencyEstimate();
  public final EjectionState ejection = new EjectionState();

  /** Where the endpoint lies on rings and tables; the same in every process. */
  public final long uidHash;

  /** When this process first heard of the endpoint, on the engine's clock. */
  private final long knownSinceNanos;

  /** True if it joined a service that was there before, and so may start slowly. */
  private final boolean newcomer;

  private volatile Endpoint endpoint;

  /** The endpoint's, here so that comparing two candidates touches less memory. */
  private volatile int weight;

  private volatile long attempts;

  /** Attempts of which nothing is in flight any more; the difference is what is. */
  private volatile long ended;

  private volatile long failures;
  private volatile boolean dropped;

  public EndpointState(Endpoint endpoint, long now, boolean newcomer) {
    this.endpoint = endpoint;
    this.weight = endpoint.weight;
    this.uidHash = Hashing.of(endpoint.uid);
    this.knownSinceNanos = now;
    this.newcomer = newcomer;
  }

  /** What the newest snapshot says of it. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Takes in a newer snapshot's word; a change of health forgives a dropped endpoint. */
  public void update(Endpoint newer) {
    if (newer.health != endpoint.health) {
      dropped = false;
    }
    endpoint = newer;
    weight = newer.weight;
  }

  /** Its share relative to its siblings. */
  public int weight() {
    return weight;
  }

  /** How long it has been known, in ns; for ever if it was there from the first. */
  public long age(long now) {
    return newcomer ? now - knownSinceNanos : Long.MAX_VALUE;
  }

  /** Attempts in flight. */
  public int outstanding() {
    long over = ended;
    return (int) (attempts - over);
  }

  /** An attempt begins. */
  public void begin() {
    ATTEMPTS.getAndIncrement(this);
  }

  /** Nothing of an attempt is in flight any more. */
  public void end() {
    ENDED.getAndIncrement(this);
  }

  /** Counts an attempt that failed. */
  public void failed() {
    FAILURES.getAndIncrement(this);
  }

  /** Attempts begun so far. */
  public long attempts() {
    return attempts;
  }

  /** Attempts failed so far. */
  public long failures() {
    return failures;
  }

  /** A connection could not be made: a suspect endpoint is dropped at the first time. */
  public void connectFailed() {
    if (endpoint.health == Health.SUSPECT) {
      dropped = true;
    }
  }

  /** It answered after all. */
  public void answered() {
    if (dropped) {
      dropped = false;
    }
  }

  /**
   * True for a suspect endpoint that could not be reached: chosen only if nothing else is known.
   */
  public boolean dropped() {
    return dropped;
  }

  /** True if it takes calls as far as this process can tell. */
  public boolean admits(long now) {
    return !dropped && ejection.admits(now, outstanding());
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
