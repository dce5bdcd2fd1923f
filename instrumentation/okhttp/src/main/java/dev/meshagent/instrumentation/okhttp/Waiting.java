package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    park(step.nanos, call, new AtomicBoolean());
  }

  static void forStep(Step.Queue step, Call call) throws IOException {
    Thread thread = Thread.currentThread();
    AtomicBoolean woken = new AtomicBoolean();
    step.onWake(
        () -> {
          woken.set(true);
          LockSupport.unpark(thread);
        });
    park(step.maxNanos, call, woken);
  }

  private static void park(long nanos, Call call, AtomicBoolean woken) throws IOException {
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !woken.get(); left = deadline - System.nanoTime()) {
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
