package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The delivered attempts whose bodies are still being read, by the library's hold on their
 * connection: whatever ends a body (its end, close, cancellation, an error) gives that up. One for
 * each instrumentation, since it holds objects of the library. Thread-safe; takes no monitor, so
 * that virtual threads are not pinned.
 */
public final class Deliveries {
  private final ConcurrentHashMap<Key, Delivery> underWay = new ConcurrentHashMap<>();

  /** The body of this attempt's response will be read over the held connection. */
  public void begun(Object hold, MeshCall call, Attempt attempt) {
    underWay.put(new Key(hold), new Delivery(call, attempt));
  }

  /** The hold was given up; one that nothing was delivered over is ignored. */
  public void ended(Object hold) {
    Delivery delivery = underWay.isEmpty() ? null : underWay.remove(new Key(hold));
    if (delivery != null) {
      delivery.call.release(delivery.attempt);
    }
  }

  private static final class Delivery {
    final MeshCall call;
    final Attempt attempt;

    Delivery(MeshCall call, Attempt attempt) {
      this.call = call;
      this.attempt = attempt;
    }
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
