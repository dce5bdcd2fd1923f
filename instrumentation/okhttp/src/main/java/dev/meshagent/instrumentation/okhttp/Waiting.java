package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;

/**
 * Lets the thread of a call wait for the engine. OkHttp holds a thread for each call under way, an
 * enqueued one too, so that waiting on it is what the library would do itself.
 */
final class Waiting {
  /** How soon a cancelled call stops waiting, at the latest. */
  private static final long CANCEL_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Waiting() {}

  static void forStep(Step.Wait step, Call call) throws IOException {
    park(step.nanos, call, new boolean[1]);
  }

  static void forStep(Step.Queue step, Call call) throws IOException {
    Thread thread = Thread.currentThread();
    boolean[] woken = new boolean[1];
    step.onWake(
        () -> {
          woken[0] = true;
          LockSupport.unpark(thread);
        });
    park(step.maxNanos, call, woken);
  }

  // The flag is set before unpark, which orders it before the return of park.
  private static void park(long nanos, Call call, boolean[] woken) throws IOException {
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !woken[0]; left = deadline - System.nanoTime()) {
      if (call.isCanceled()) {
        throw new IOException("Canceled");
      }
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      LockSupport.parkNanos(Waiting.class, Math.min(left, CANCEL_CHECK_NANOS));
    }
  }
}
