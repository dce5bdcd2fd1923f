package dev.meshagent.engine.balance;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * What this process has learned of one endpoint. It belongs to the uid, so it survives the
 * snapshots that come and go. Thread-safe without locks.
 *
 * <p>It extends what it learns, rather than holding it, so that it stays a single object: of a
 * large service the states of the endpoints are in no near cache, and each object more is one more
 * miss of each pick.
 */
public final class EndpointState extends LatencyEstimate {
  private static final AtomicIntegerFieldUpdater<EndpointState> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(EndpointState.class, "ended");
  private static final AtomicIntegerFieldUpdater<EndpointState> ATTEMPTS =
      AtomicIntegerFieldUpdater.newUpdater(EndpointState.class, "attempts");
  private static final AtomicIntegerFieldUpdater<EndpointState> FAILURES =
      AtomicIntegerFieldUpdater.newUpdater(EndpointState.class, "failures");

  /** When this process first heard of the endpoint, on the engine's clock. */
  private final long knownSinceNanos;

  /** True if it joined a service that was there before, and so may start slowly. */
  private final boolean newcomer;

  private volatile Endpoint endpoint;

  /** What the copies below were made of; not the endpoint only while they are being made. */
  private volatile Endpoint copied;

  // The endpoint's, here so that neither a comparison nor an attempt touches it for them.
  private volatile int weight;
  private volatile int primaryPort;
  private volatile String address;

  // Four bytes each, which wrap around: only differences are asked for.
  private volatile int attempts;

  /** Attempts of which nothing is in flight any more; the difference is what is. */
  private volatile int ended;

  private volatile int failures;
  private volatile boolean dropped;
  private volatile boolean multiplexes;

  public EndpointState(Endpoint endpoint, long now, boolean newcomer) {
    take(endpoint);
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
    if (newer != endpoint) {
      take(newer);
    }
  }

  private void take(Endpoint newer) {
    endpoint = newer;
    weight = newer.weight;
    primaryPort = newer.primaryPort;
    address = newer.address;
    copied = newer;
  }

  /** The number of the primary port of what {@link #endpoint()} answered, or 0. */
  public int primaryPort(Endpoint answered) {
    if (copied == answered) {
      int copy = primaryPort;
      if (endpoint == answered) {
        return copy; // The next one was not begun with before it was read.
      }
    }
    return answered.primaryPort;
  }

  /** The preferred address of what {@link #endpoint()} answered. */
  public String address(Endpoint answered) {
    if (copied == answered) {
      String copy = address;
      if (endpoint == answered) {
        return copy;
      }
    }
    return answered.address;
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
    int over = ended;
    return attempts - over;
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

  /** Attempts begun so far, modulo 2^32. */
  public int attempts() {
    return attempts;
  }

  /** Attempts failed so far, modulo 2^32. */
  public int failures() {
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

  /** It answered, over a connection that is shared with other requests or not. */
  public void answeredMultiplexed(boolean shared) {
    if (multiplexes != shared) {
      multiplexes = shared;
    }
  }

  /** True if its last answer came over a connection that is shared with other requests: HTTP/2. */
  public boolean multiplexes() {
    return multiplexes;
  }

  /**
   * True for a suspect endpoint that could not be reached: chosen only if nothing else is known.
   */
  public boolean dropped() {
    return dropped;
  }

  /** True if it takes calls as far as this process can tell. */
  public boolean admits(long now) {
    return !dropped && admits(now, outstanding());
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
