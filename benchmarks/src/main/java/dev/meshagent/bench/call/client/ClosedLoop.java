package dev.meshagent.bench.call.client;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Calls one service from some threads, each making its next call when it has its answer. Arguments:
 * a {@link Library} and the authority of the service.
 *
 * <p>Says {@code ready}, then takes orders on its standard input, {@code THREADS MILLISECONDS}, and
 * answers each with {@code done CALLS NANOSECONDS CPU_NANOSECONDS BYTES COMPILED_MILLISECONDS}:
 * calls made, time taken, time that this process was given on processors, what all of its threads
 * allocated, and how long its compilers were at work. Ends with its input; any failed call ends it
 * too.
 */
public final class ClosedLoop {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();

  private final Client client;
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "caller");
            thread.setDaemon(true);
            return thread;
          });

  private ClosedLoop(Client client) {
    this.client = client;
  }

  public static void main(String[] args) throws Exception {
    ClosedLoop loop = new ClosedLoop(Library.valueOf(args[0]).client(args[1]));
    System.out.println("ready");
    Scanner orders = new Scanner(System.in);
    while (orders.hasNextInt()) {
      System.out.println(loop.run(orders.nextInt(), orders.nextLong()));
    }
    System.exit(0);
  }

  private String run(int threads, long millis) throws Exception {
    long compiledBefore = COMPILERS.getTotalCompilationTime();
    long cpuBefore = PROCESS.getProcessCpuTime();
    long bytesBefore = allocatedBytes();
    long began = System.nanoTime();
    long end = began + TimeUnit.MILLISECONDS.toNanos(millis);
    List<Callable<Long>> callers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      callers.add(() -> callUntil(end));
    }
    long calls = 0;
    for (Future<Long> caller : executor.invokeAll(callers)) {
      calls += caller.get();
    }
    long nanos = System.nanoTime() - began;
    long bytes = allocatedBytes() - bytesBefore;
    return "done "
        + calls
        + " "
        + nanos
        + " "
        + (PROCESS.getProcessCpuTime() - cpuBefore)
        + " "
        + bytes
        + " "
        + (COMPILERS.getTotalCompilationTime() - compiledBefore);
  }

  /** By all threads that live: event loops and the agent's own too. None ends while it is busy. */
  private static long allocatedBytes() {
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }

  private long callUntil(long end) throws Exception {
    long calls = 0;
    for (; System.nanoTime() - end < 0; calls++) {
      client.call();
    }
    return calls;
  }
}
