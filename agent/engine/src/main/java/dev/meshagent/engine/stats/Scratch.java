package dev.meshagent.engine.stats;

import org.HdrHistogram.Histogram;

/**
 * The histogram into which what a stripe has counted is copied when an interval is taken. It
 * changes places with the copy of the time before, so that taking one each second makes no garbage
 * of tens of KiB for each stripe. For one caller at a time.
 */
public final class Scratch {
  private Histogram free;

  /** An empty one. */
  Histogram take() {
    Histogram taken = free;
    free = null;
    return taken == null
        ? new Histogram(1, LatencyRecorder.HIGHEST_MICROS, LatencyRecorder.DIGITS)
        : taken;
  }

  /** One that {@link #take} gave, and that nobody looks at any more. */
  void giveBack(Histogram used) {
    used.reset();
    free = used;
  }
}
