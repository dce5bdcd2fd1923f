package dev.meshagent.bench.call;

import dev.meshagent.testbed.ChildProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM that calls when it is told to and is idle otherwise. Not thread-safe. */
final class Caller {
  private static final Pattern READY = Pattern.compile("^ready$");
  private static final Pattern DONE = Pattern.compile("^done (\\d+) (\\d+) (\\d+) (\\d+)$");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChildProcess process;

  /** What calls took, summed over some runs. Immutable. */
  record Sum(long calls, long nanos, long cpuNanos, long bytes) {
    static final Sum NOTHING = new Sum(0, 0, 0, 0);

    Sum plus(Sum other) {
      return new Sum(
          calls + other.calls, nanos + other.nanos, cpuNanos + other.cpuNanos, bytes + other.bytes);
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
        Long.parseLong(done.group(4)));
  }

  void end() {
    process.closeInput();
    process.awaitExit(PATIENCE);
  }
}
