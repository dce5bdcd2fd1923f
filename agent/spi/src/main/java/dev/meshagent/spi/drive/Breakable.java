package dev.meshagent.spi.drive;

import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;

/**
 * Something under way that is broken off when its time is over, or when another attempt has
 * answered. Breaking off and the end exclude each other, so that a late timer touches nothing that
 * comes after. Run it, on any thread, to break it off; the rest is for the thread that began it.
 */
public abstract class Breakable implements Runnable {
  private Mesh.Timeout timer;
  private boolean ended;
  private boolean brokenOff;

  /**
   * To be called before it begins.
   *
   * @param nanos {@link Long#MAX_VALUE} for no limit
   */
  public final void breakOffAfter(Mesh mesh, long nanos) {
    if (nanos != Long.MAX_VALUE) {
      timer = mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * It came to its end; from now on nothing breaks it off.
   *
   * @return whether it had been broken off
   */
  public final boolean end() {
    if (timer != null) {
      timer.cancel();
    }
    synchronized (this) {
      if (!ended) {
        ended = true;
        ended();
      }
      return brokenOff;
    }
  }

  public final synchronized boolean isBrokenOff() {
    return brokenOff;
  }

  protected final synchronized boolean hasEnded() {
    return ended;
  }

  /** Breaks it off, unless it has ended. */
  @Override
  public final synchronized void run() {
    if (!ended) {
      brokenOff = true;
      breakOff();
    }
  }

  /** Makes it end soon; under its monitor, and maybe more than once. */
  protected abstract void breakOff();

  /** It has ended; under its monitor. */
  protected void ended() {}
}
