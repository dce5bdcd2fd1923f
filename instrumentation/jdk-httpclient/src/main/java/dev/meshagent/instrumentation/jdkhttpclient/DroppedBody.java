package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of a response that nobody wants, which is read to its end so that the connection can be
 * kept. The client reads a small one only, but waits for that as long as the server likes; here it
 * is broken off after a while, with its connection.
 */
final class DroppedBody {
  private DroppedBody() {}

  /**
   * Drops the body of the leg's response.
   *
   * @param then run once nothing more is done over the leg's exchange: at once, where the body
   *     ends, or on the client's executor
   */
  static void drop(Leg leg, Runnable then) {
    CompletableFuture<?> end = ClientInternals.ignoreBody(leg.exchange());
    if (end.isDone()) {
      then.run();
      return;
    }
    AtomicBoolean over = new AtomicBoolean();
    Mesh.Timeout timer =
        leg.hop()
            .mesh()
            .schedule(
                () -> {
                  if (over.compareAndSet(false, true)) {
                    leg.breakOff("the body of a dropped response did not end");
                    ClientInternals.execute(leg.hop().multi(), then);
                  }
                },
                Math.min(Draining.PATIENCE_NANOS, leg.leftNanos()),
                TimeUnit.NANOSECONDS);
    end.whenComplete(
        (none, thrown) -> {
          if (over.compareAndSet(false, true)) {
            try {
              then.run();
            } finally {
              timer.cancel();
            }
          }
        });
  }
}
