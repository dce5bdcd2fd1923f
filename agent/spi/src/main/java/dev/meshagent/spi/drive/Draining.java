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
   *     agent's timer thread; it does not come after this has returned, but may while the drain is
   *     just ending: should that give the connection back already, it must not hit who has it next
   * @return false if it was broken off
   */
  public static boolean drain(Mesh mesh, Drain drain, Runnable breakOff) throws IOException {
    Breakable draining =
        new Breakable() {
          @Override
          protected void breakOff() {
            breakOff.run();
          }
        };
    draining.breakOffAfter(mesh, PATIENCE_NANOS);
    boolean brokenOff;
    try {
      drain.run();
    } finally {
      brokenOff = draining.end();
    }
    return !brokenOff;
  }
}
