package dev.meshagent.engine;

import java.util.concurrent.TimeUnit;

/** A clock that a test moves. */
public final class VirtualClock implements Clock {
  private long now = 1_000_000_000L;

  @Override
  public long nanos() {
    return now;
  }

  public void advance(long amount, TimeUnit unit) {
    now += unit.toNanos(amount);
  }

  public void advanceTo(long nanos) {
    now = Math.max(now, nanos);
  }
}
