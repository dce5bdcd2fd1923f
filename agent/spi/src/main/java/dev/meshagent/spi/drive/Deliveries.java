package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;

/**
 * The delivered attempts whose bodies are still being read, by the library's hold on their
 * connection: whatever ends a body (its end, close, cancellation, an error) gives that up. One for
 * each instrumentation, since it holds objects of the library. Thread-safe; takes no monitor, so
 * that virtual threads are not pinned.
 */
public final class Deliveries {
  private final ByIdentity<Delivery> byHold = new ByIdentity<>();

  /** A delivered attempt, as an adapter keeps it. */
  public interface Delivery {
    MeshCall call();

    Attempt attempt();

    /** The library's hold on its connection, the same each time. */
    Object hold();
  }

  /** The body of the response will be read over the held connection. */
  public void begun(Delivery delivery) {
    byHold.put(delivery.hold(), delivery);
  }

  /** The hold was given up; one that nothing was delivered over is ignored. */
  public void ended(Object hold) {
    Delivery delivery = byHold.take(hold);
    if (delivery != null) {
      delivery.call().release(delivery.attempt());
    }
  }

  /** The body that is read over the hold broke off, after the application had its head. */
  public void broken(Object hold, Failure failure, Throwable cause) {
    Delivery delivery = byHold.take(hold);
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
}
