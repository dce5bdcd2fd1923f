package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * The part of a large service that one caller keeps to, after finagle's deterministic aperture. The
 * endpoints lie on a ring in an order that all callers agree on; caller i of m covers k/m of the
 * ring, beginning at i/m:
 *
 * <pre>
 *   ring      |--e0--|--e1--|--e2--|--e3--|--e4--|--e5--|
 *   caller 0  [=============)                               k = 1, m = 3
 *   caller 1                [=============)
 *   caller 2                              [=============)
 * </pre>
 *
 * <p>Since k is whole, every point of the ring is covered by exactly k callers, and an endpoint
 * that is half inside gets half the draws: the load is even without anybody being told of the
 * others'. The part grows by doubling while the endpoints in it have several calls in flight each,
 * and shrinks again when that has long ceased. Thread-safe without locks.
 */
final class Aperture {
  /** Calls in flight at an endpoint that was already the better of two. */
  private static final int CROWDED = 4;

  private static final long GROW_AFTER_NANOS = 100_000_000L;
  private static final long SHRINK_AFTER_NANOS = 10_000_000_000L;

  private static final AtomicLongFieldUpdater<Aperture> CHANGED =
      AtomicLongFieldUpdater.newUpdater(Aperture.class, "changedNanos");

  private final int size;
  private final double start;
  private final double leastWidth;
  private volatile double width;
  private volatile long changedNanos;
  private volatile long crowdedNanos;

  private Aperture(int size, double start, double width) {
    this.size = size;
    this.start = start;
    this.leastWidth = width;
    this.width = width;
  }

  /** Null where a caller uses all endpoints. */
  static Aperture of(BalancePolicy policy, int size, Peers peers) {
    if (policy.aperture == 0 || peers.count == 1 || size <= policy.aperture) {
      return null;
    }
    double unit = 1.0 / peers.count;
    double parts = Math.ceil((double) policy.aperture * peers.count / size);
    double width = parts * unit;
    return width >= 1 ? null : new Aperture(size, peers.index * unit, width);
  }

  /** The endpoints in the order of the ring, which is that of their uids' hashes. */
  static EndpointState[] order(BalancePolicy policy, EndpointState[] endpoints, Peers peers) {
    return of(policy, endpoints.length, peers) == null ? endpoints : Hashing.inOrder(endpoints);
  }

  /** The place of an endpoint, drawn evenly over what is covered. */
  int draw(Randomness random) {
    double point = start + width * (random.nextLong() >>> 11) * 0x1.0p-53;
    point -= Math.floor(point);
    return Math.min(size - 1, (int) (point * size));
  }

  /** Takes in how crowded the picked endpoint was. */
  void observe(int outstanding, long now) {
    if (outstanding >= CROWDED) {
      crowdedNanos = now;
      if (width < 1) {
        change(Math.min(1, width * 2), now, GROW_AFTER_NANOS);
      }
    } else if (width > leastWidth && now - crowdedNanos > SHRINK_AFTER_NANOS) {
      change(Math.max(leastWidth, width / 2), now, SHRINK_AFTER_NANOS);
    }
  }

  private void change(double newWidth, long now, long notBefore) {
    long changed = changedNanos;
    if (now - changed > notBefore && CHANGED.compareAndSet(this, changed, now)) {
      width = newWidth;
    }
  }
}
