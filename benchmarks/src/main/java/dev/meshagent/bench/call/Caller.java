package dev.meshagent.bench.call;

import dev.meshagent.testbed.ChildProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM that calls when it is told to and is idle otherwise. Not thread-safe. */
final class Caller {
  private static final Pattern READY = Pattern.compile("^ready$");
  private static final Pattern DONE = Pattern.compile("^done (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The compilers of a JVM that calls have nothing left to do if they take less than this. */
  private static final double IDLE_COMPILERS = 0.05;

  private static final long WARM_UP_SLICE_MILLIS = 2_000;

  /** A machine too busy for the compilers to come to an end within it measures nothing anyhow. */
  private static final int MOST_WARM_UP_SLICES = 20;

  private final ChildProcess process;

  /** What calls took, summed over some runs. Immutable. */
  record Sum(long calls, long nanos, long cpuNanos, long bytes, long compiledMillis) {
    static final Sum NOTHING = new Sum(0, 0, 0, 0, 0);

    Sum plus(Sum other) {
      return new Sum(
          calls + other.calls,
          nanos + other.nanos,
          cpuNanos + other.cpuNanos,
          bytes + other.bytes,
          compiledMillis + other.compiledMillis);
    }

    double perSecond() {
      return calls * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
    }

    /** Microseconds of processor time of the calling process; steadier than the wall's. */
    double cpuMicrosPerCall() {
      return cpuNanos / 1e3 / calls;
    }

    /** What all threads of the calling process allocated. */
    double bytesPerCall() {
      return bytes / (double) calls;
    }
  }

  /**
   * @param process runs {@link dev.meshagent.bench.call.client.ClosedLoop}
   */
  Caller(ChildProcess process) {
    this.process = process;
    process.awaitLine(READY, PATIENCE);
  }

  Sum call(int threads, long millis) {
    int before = process.lines().size();
    process.tell(threads + " " + millis);
    Matcher done = process.awaitLine(DONE, before, PATIENCE);
    return new Sum(
        Long.parseLong(done.group(1)),
        Long.parseLong(done.group(2)),
        Long.parseLong(done.group(3)),
        Long.parseLong(done.group(4)),
        Long.parseLong(done.group(5)));
  }

  /**
   * Calls until the compilers have next to nothing left to do. What they take belongs to the start,
   * and on a small machine they take it from the other JVM that is compared, too.
   */
  void warmUp(int threads) {
    for (int slice = 0; slice < MOST_WARM_UP_SLICES; slice++) {
      if (call(threads, WARM_UP_SLICE_MILLIS).compiledMillis
          < WARM_UP_SLICE_MILLIS * IDLE_COMPILERS) {
        return;
      }
    }
  }

  void end() {
    process.closeInput();
    process.awaitExit(PATIENCE);
  }
}
