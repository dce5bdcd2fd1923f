package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Breakable;

/** Closes an attempt's connection when its time is over, under the thread that uses it. */
final class TimeLimit extends Breakable {
  private final Object client;
  private final long begun = System.nanoTime();

  private TimeLimit(Object client) {
    this.client = client;
  }

  /**
   * @param nanos {@link Long#MAX_VALUE} for no limit
   */
  static TimeLimit begin(Mesh mesh, Object client, long nanos) {
    TimeLimit limit = new TimeLimit(client);
    limit.breakOffAfter(mesh, Math.max(0, nanos));
    return limit;
  }

  /** What it limits took so far, in ns. */
  long elapsedNanos() {
    return System.nanoTime() - begun;
  }

  @Override
  protected void breakOff() {
    ClientInternals.cut(client);
  }
}
