package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The delivered attempts whose bodies are still being read, by the library's hold on their
 * connection: whatever ends a body (its end, close, cancellation, an error) gives that up. One for
 * each instrumentation, since it holds objects of the library. Thread-safe; takes no monitor, so
 * that virtual threads are not pinned.
 */
public final class Deliveries {
  private static final int BITS = 8;

  /**
   * Nearly every delivery has a place of its own here, by its hold's hash: a map would need an
   * entry and a key for each call.
   */
  private final AtomicReferenceArray<Delivery> places = new AtomicReferenceArray<>(1 << BITS);

  /** Those whose place was taken. */
  private final ConcurrentHashMap<Key, Delivery> others = new ConcurrentHashMap<>();

  /** How many these are at most; a map says of itself that it is empty when it nearly is. */
  private final AtomicInteger otherCount = new AtomicInteger();

  /** A delivered attempt, as an adapter keeps it. */
  public interface Delivery {
    MeshCall call();

    Attempt attempt();

    /** The library's hold on its connection, the same each time. */
    Object hold();
  }

  /** The body of the response will be read over the held connection. */
  public void begun(Delivery delivery) {
    Object hold = delivery.hold();
    if (!places.compareAndSet(place(hold), null, delivery)) {
      otherCount.incrementAndGet();
      if (others.put(new Key(hold), delivery) != null) {
        otherCount.decrementAndGet();
      }
    }
  }

  /** The hold was given up; one that nothing was delivered over is ignored. */
  public void ended(Object hold) {
    Delivery delivery = taken(hold);
    if (delivery != null) {
      delivery.call().release(delivery.attempt());
    }
  }

  /** The body that is read over the hold broke off, after the application had its head. */
  public void broken(Object hold, Failure failure, Throwable cause) {
    Delivery delivery = taken(hold);
    if (delivery != null) {
      broken(delivery.call(), delivery.attempt(), failure, cause);
    }
  }

  /**
   * The body of a delivered response broke off, after the application had its head.
   *
   * @param failure what it says; OTHER or CANCELLED where it says nothing of the endpoint
   */
  public static void broken(MeshCall call, Attempt attempt, Failure failure, Throwable cause) {
    if (failure == Failure.OTHER || failure == Failure.CANCELLED) {
      call.release(attempt);
    } else {
      call.broken(attempt, Outcome.last(failure, cause));
    }
  }

  private Delivery taken(Object hold) {
    int place = place(hold);
    Delivery delivery = places.get(place);
    if (delivery != null
        && delivery.hold() == hold
        && places.compareAndSet(place, delivery, null)) {
      return delivery;
    }
    Delivery other = otherCount.get() == 0 ? null : others.remove(new Key(hold));
    if (other != null) {
      otherCount.decrementAndGet();
    }
    return other;
  }

  private static int place(Object hold) {
    return System.identityHashCode(hold) & (1 << BITS) - 1;
  }

  /** A hold by its identity. */
  private static final class Key {
    private final Object hold;

    Key(Object hold) {
      this.hold = hold;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).hold == hold;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(hold);
    }
  }
}
