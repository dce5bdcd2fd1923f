package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.Parking;
import java.io.IOException;
import java.io.InterruptedIOException;
import okhttp3.Call;

/**
 * Lets the thread of a call wait for the engine. OkHttp holds a thread for each call under way, an
 * enqueued one too, so that waiting on it is what the library would do itself.
 */
final class Waiting {
  private Waiting() {}

  static void forStep(Step.Wait step, Call call) throws IOException {
    park(new Parking(null), step.nanos, call);
  }

  static void forStep(Step.Queue step, Call call) throws IOException {
    park(new Parking(step), step.maxNanos, call);
  }

  private static void park(Parking parking, long nanos, Call call) throws IOException {
    long start = System.nanoTime();
    try {
      boolean woken = false;
      for (long left = nanos; left > 0 && !woken; left = nanos - (System.nanoTime() - start)) {
        if (call.isCanceled()) {
          throw new IOException("Canceled");
        }
        woken = parking.await(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
