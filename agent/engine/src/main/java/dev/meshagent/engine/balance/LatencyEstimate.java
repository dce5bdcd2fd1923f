package dev.meshagent.engine.balance;

import dev.meshagent.engine.resilience.EjectionState;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How long an endpoint takes to answer: an exponentially weighted moving average over time, quick
 * to rise and slow to fall, that fades while nothing is observed so that a slow endpoint is tried
 * again some day.
 *
 * <p>The window is {@value #DECAY_SECONDS} s, but never more than a fifth of the time since the
 * first observation: a process that has just started answers its first calls many times slower than
 * it will a second later, and must not be judged by them for long. Fading keeps to a second at
 * least, or a newcomer that is really slow would be asked again and again.
 *
 * <pre>
 *   window
 *   10 s |               _________
 *        |           _.-'
 *        |       _.-'
 *   50 ms|____.-'
 *        +---|----------|--------&gt; age
 *          250 ms      50 s
 * </pre>
 *
 * <p>Failures are kept apart from the average, since failing fast must not look like being fast,
 * and since the average must be there again when the failures end: each failure in turn doubles the
 * estimate, up to {@value #MOST_FAILURES} times, and each answer takes one doubling back.
 *
 * <p>Thread-safe without locks: value and time are one 64-bit word, and an observation that loses
 * the race to another is dropped, which an average can bear. What an {@link EndpointState} is made
 * of; it stands on the {@link EjectionState} only so that all is one object.
 */
public class LatencyEstimate extends EjectionState {
  /** Finagle's default for its peak-sensitive average. */
  public static final int DECAY_SECONDS = 10;

  /** One tick is 2^20 ns, about a millisecond; 32 bits of them last for 52 days. */
  private static final int TICK_SHIFT = 20;

  private static final float LONGEST_WINDOW_TICKS = (DECAY_SECONDS * 1_000_000_000L) >> TICK_SHIFT;
  private static final float SHORTEST_WINDOW_TICKS = 50_000_000L >> TICK_SHIFT;
  private static final float WINDOW_PER_AGE = 1f / 5;

  /**
   * How much at least a single observation is believed, if it is a rise or if little is known yet:
   * a lone outlier must not banish, and a slow start must be forgiven soon.
   */
  private static final float JUMP = 1f / 4;

  /** Little is known in the first five seconds. */
  private static final float YOUNG_WINDOW_TICKS = 1_000_000_000L >> TICK_SHIFT;

  /** A single observation counts as at most this many times the average. */
  private static final float OUTLIER = 8;

  /** 64 times dearer is as good as never asked, and forgiven after six answers. */
  static final int MOST_FAILURES = 6;

  private static final AtomicLongFieldUpdater<LatencyEstimate> STATE =
      AtomicLongFieldUpdater.newUpdater(LatencyEstimate.class, "state");

  /** High: the average in ns as a float, 0 before the first observation. Low: its tick. */
  private volatile long state;

  private volatile int firstTick;

  /** Doublings of the estimate. Updates that race may be lost, which an estimate can bear. */
  private volatile int failures;

  /** True from the first observation on. */
  public final boolean measured() {
    return average(state) > 0;
  }

  /** The estimate as it has faded until now, in ns; 0 before the first observation. */
  public final float fadedNanos(long now) {
    long seen = state;
    float average = average(seen);
    int known = failures;
    return average == 0 ? 0 : average * (1 << known) * faded((int) seen, tick(now));
  }

  /** True in the first seconds after the first observation, if nothing failed lately. */
  public final boolean young(long now) {
    return average(state) > 0 && failures == 0 && window(tick(now)) < YOUNG_WINDOW_TICKS;
  }

  /** What failures multiply the cost of an endpoint by that has not answered yet; at least 1. */
  public final float penalty(long now) {
    int known = failures;
    return known == 0 ? 1 : Math.max(1, (1 << known) * faded((int) state, tick(now)));
  }

  private float faded(int seenTick, int tick) {
    float idle = tick - seenTick;
    float window = Math.max(YOUNG_WINDOW_TICKS, window(tick));
    return idle * 16 < window ? 1 : (float) Math.exp(-idle / window);
  }

  /** Takes in the duration of an answer, in ns. */
  public final void observe(long nanos, long now) {
    long seen = state;
    float average = average(seen);
    int known = failures;
    if (known > 0) {
      failures = known - 1;
    }
    float sample = Math.max(1, nanos);
    int tick = tick(now);
    if (average == 0) {
      firstTick = tick;
      STATE.compareAndSet(this, seen, pack(sample, tick));
      return;
    }
    float idle = Math.max(0, tick - (int) seen);
    float window = window(tick);
    float believed = idle == 0 ? 0 : 1 - (float) Math.exp(-idle / window);
    if (sample > average || window < YOUNG_WINDOW_TICKS) {
      sample = Math.min(sample, average * OUTLIER);
      believed = Math.max(believed, JUMP);
    } else if (idle == 0) {
      return;
    }
    STATE.compareAndSet(this, seen, pack(average + (sample - average) * believed, tick));
  }

  /** Takes in that an answer would have taken longer than this, in ns. */
  public final void observeAtLeast(long nanos, long now) {
    long seen = state;
    float average = average(seen);
    if (average > 0 && nanos > average) {
      float rise = (Math.min(nanos, average * OUTLIER) - average) * JUMP;
      STATE.compareAndSet(this, seen, pack(average + rise, tick(now)));
    }
  }

  /** Takes in a failure: it never lowers the estimate. */
  public final void penalize(long now) {
    failures = Math.min(MOST_FAILURES, failures + 1);
    long seen = state;
    // Asked just now, so it fades from now on.
    STATE.compareAndSet(this, seen, pack(average(seen), tick(now)));
  }

  /** Forgets the failures, since others have judged them. */
  public final void forgive() {
    failures = 0;
  }

  private float window(int tick) {
    float byAge = (tick - firstTick) * WINDOW_PER_AGE;
    return Math.min(LONGEST_WINDOW_TICKS, Math.max(SHORTEST_WINDOW_TICKS, byAge));
  }

  private static int tick(long now) {
    return (int) (now >> TICK_SHIFT);
  }

  private static float average(long packed) {
    return Float.intBitsToFloat((int) (packed >>> 32));
  }

  private static long pack(float average, int tick) {
    return (long) Float.floatToRawIntBits(average) << 32 | tick & 0xffffffffL;
  }
}
