package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Resumption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * What an asynchronous hop waits for without a thread: time, a place in a queue, and the end of
 * what the application lets a response take. Thread-safe.
 */
abstract class AsyncWaits {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 5");

  private static final AtomicReferenceFieldUpdater<AsyncWaits, Resumption> PARKED =
      AtomicReferenceFieldUpdater.newUpdater(AsyncWaits.class, Resumption.class, "parked");

  final Mesh mesh;

  /** What is left is known by it where the patience is limited, by {@link System#nanoTime()}. */
  private final long endNanos;

  private final boolean limited;

  /** Null where nothing is waited for. */
  private volatile Resumption parked;

  /**
   * @param patienceNanos what all attempts may take together; {@link Long#MAX_VALUE} for ever
   */
  AsyncWaits(Mesh mesh, long patienceNanos) {
    this.mesh = mesh;
    this.limited = patienceNanos != Long.MAX_VALUE;
    this.endNanos = limited ? System.nanoTime() + patienceNanos : 0;
  }

  /** Whether the application gave up. */
  abstract boolean gaveUp();

  /** What is left of the application's patience for a further attempt, in ns. */
  final long left() {
    return limited ? Math.max(1, endNanos - System.nanoTime()) : Long.MAX_VALUE;
  }

  /** Whether the application waits no longer. */
  final boolean outOfTime() {
    return limited && endNanos - System.nanoTime() <= 0;
  }

  /**
   * Goes on after that time, or when the queue says so, or at once if the application gave up.
   *
   * @param queue null for none
   */
  final void park(Step.Queue queue, long nanos, Runnable goOn) {
    if (nanos == Long.MAX_VALUE && queue == null) {
      return; // An attempt is in flight, whose end goes on.
    }
    Resumption resumption = new Resumption(CONTINUATIONS.later(goOn));
    parked = resumption;
    resumption.after(mesh, nanos);
    if (queue != null) {
      queue.onWake(resumption);
    }
    if (gaveUp()) {
      resumption.run();
    }
  }

  /** What was waited for is there. */
  final void resumed() {
    parked = null;
  }

  final void unpark() {
    Resumption resumption = PARKED.getAndSet(this, null);
    if (resumption != null) {
      resumption.drop();
    }
  }

  /** Runs the task after that time, on a thread that it may keep. */
  final Mesh.Timeout after(long nanos, Runnable task) {
    return mesh.schedule(CONTINUATIONS.later(task), nanos, TimeUnit.NANOSECONDS);
  }
}
