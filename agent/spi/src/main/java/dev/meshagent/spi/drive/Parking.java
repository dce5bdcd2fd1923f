package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Step;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where the thread of a blocking call waits until it is woken, in slices, between which it can give
 * up: a library that tells nobody of a cancelled request is asked now and then. For one thread.
 */
public final class Parking {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final CountDownLatch woken = new CountDownLatch(1);

  /**
   * @param queue who wakes, or null for nobody
   */
  public Parking(Step.Queue queue) {
    if (queue != null) {
      queue.onWake(woken::countDown);
    }
  }

  /**
   * Waits for at most that time or a slice of 50 ms, whichever is shorter.
   *
   * @return true if woken
   */
  public boolean await(long nanos) throws InterruptedException {
    return woken.await(Math.min(nanos, SLICE_NANOS), TimeUnit.NANOSECONDS);
  }
}
