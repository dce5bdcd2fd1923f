package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;

/**
 * Closes an attempt's connection when its time is over, under the thread that uses it. The timer
 * and the end exclude each other, so that a late timer cannot touch what the connection is used for
 * next. {@link #end} is for the thread that began it.
 */
final class TimeLimit implements Runnable {
  private final Object client;
  private Mesh.Timeout timer;
  private boolean ended;
  private boolean over;

  private TimeLimit(Object client) {
    this.client = client;
  }

  /**
   * @param nanos {@link Long#MAX_VALUE} for no limit
   */
  static TimeLimit begin(Mesh mesh, Object client, long nanos) {
    TimeLimit limit = new TimeLimit(client);
    if (nanos != Long.MAX_VALUE) {
      limit.timer = mesh.schedule(limit, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
    return limit;
  }

  /**
   * What it limited came to its end.
   *
   * @return whether the connection was closed before
   */
  boolean end() {
    if (timer != null) {
      timer.cancel();
    }
    synchronized (this) {
      ended = true;
      return over;
    }
  }

  @Override
  public synchronized void run() {
    if (!ended) {
      over = true;
      ClientInternals.cut(client);
    }
  }
}
