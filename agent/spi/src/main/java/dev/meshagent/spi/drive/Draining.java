package dev.meshagent.spi.drive;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Reads what is left of a response that nobody wants, so that its connection can be kept; for a
 * while only, since a server that does not end its body must not hold up the next attempt.
 */
public final class Draining {
  /** A body that is sent at all comes in less; OkHttp waits as long for one. */
  public static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Draining() {}

  /** Reads from the network until there is no more. */
  public interface Drain {
    void run() throws IOException;
  }

  /**
   * Drains on this thread.
   *
   * @param breakOff ends that by closing the connection, after {@value #PATIENCE_NANOS} ns, on the
   *     agent's timer thread; once in a while it comes when the drain has just ended, and then it
   *     must not hit whoever has the connection next
   */
  public static void drain(Mesh mesh, Drain drain, Runnable breakOff) throws IOException {
    Mesh.Timeout timer = mesh.schedule(breakOff, PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    try {
      drain.run();
    } finally {
      timer.cancel();
    }
  }
}
