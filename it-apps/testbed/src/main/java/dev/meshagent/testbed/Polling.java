package dev.meshagent.testbed;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process is about to do. */
public final class Polling {
  private static final long PAUSE_MILLIS = 50;

  private Polling() {}

  /**
   * Returns once something is so.
   *
   * @param otherwise what to say if it does not come about
   * @throws IllegalStateException if it does not come about in time
   */
  public static void until(BooleanSupplier so, Duration atMost, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(otherwise.get() + " (after " + atMost.toSeconds() + " s)");
      }
      pause();
    }
  }

  /** The pause between two looks. */
  public static void pause() {
    sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
  }

  /**
   * @param nanoTime of {@link System#nanoTime}
   */
  public static void sleepUntil(long nanoTime) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
