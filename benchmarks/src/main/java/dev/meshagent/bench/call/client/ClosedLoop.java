package dev.meshagent.bench.call.client;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    Map<Long, Long> bytesBefore = allocatedBytes();
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
    long bytes = 0;
    for (Map.Entry<Long, Long> thread : allocatedBytes().entrySet()) {
      bytes += thread.getValue() - bytesBefore.getOrDefault(thread.getKey(), 0L);
    }
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

  /**
   * By each thread that lives, event loops and the agent's own too. One that ends meanwhile, as an
   * idle one of a pool does, is not counted any more, neither now nor before.
   */
  private static Map<Long, Long> allocatedBytes() {
    long[] threads = THREADS.getAllThreadIds();
    long[] bytes = THREADS.getThreadAllocatedBytes(threads);
    Map<Long, Long> living = new HashMap<>();
    for (int i = 0; i < threads.length; i++) {
      if (bytes[i] >= 0) {
        living.put(threads[i], bytes[i]);
      }
    }
    return living;
  }

  private long callUntil(long end) throws Exception {
    long calls = 0;
    for (; System.nanoTime() - end < 0; calls++) {
      client.call();
    }
    return calls;
  }
}
