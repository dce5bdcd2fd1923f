package dev.meshagent.controller.telemetry;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.engine.snapshot.ServiceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Who calls whom, how often and how fast: the reports of all callers merged exactly, second by
 * second for the last minute, and in sum since the start, or since the edge was idle for an hour.
 *
 * <p>Agents report once a second, so that by arrival alone a report that jitters around the edge of
 * a second would leave one second empty and another with two. A caller's report that comes second
 * within a second is therefore counted in the next one.
 *
 * <pre>
 *   arrival    │ a1        a2│         │a3       │        a1…a4: reports of one caller
 *   counted in │ a1          │ a2      │a3       │
 * </pre>
 *
 * <p>Memory is bounded, whatever agents say: at most {@value #MAX_EDGES} edges, {@value
 * #MAX_EDGES_OF_CALLER} of one calling service, {@value #MAX_ENDPOINTS} endpoints in a second, and
 * 64 MiB of latencies; histograms are decoded one at a time. What exceeds this is counted as
 * dropped. Runs on the loop.
 */
public final class Edges {
  /** Longest time that can be asked for, in seconds. */
  public static final int MAX_WINDOW_SECONDS = 60;

  static final int MAX_EDGES = 2_000;
  static final int MAX_EDGES_OF_CALLER = 500;
  private static final int MAX_ENDPOINTS = 10_000;
  private static final long MAX_PACKED_BYTES = 64L * 1024 * 1024;
  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);

  /** The longest window, the second that is running, and the next one. */
  private static final int RING = MAX_WINDOW_SECONDS + 2;

  private final Loop loop;
  private final long startNanos;
  private final Second[] ring = new Second[RING];
  private final SortedMap<EdgeKey, EdgeTotal> totals = new TreeMap<>();
  private final Map<ServiceId, Integer> edgesOfCaller = new HashMap<>();
  private final long maxPackedBytes;
  private long packedBytes;
  private long droppedSeries;

  public Edges(Loop loop) {
    this(loop, MAX_PACKED_BYTES);
  }

  /**
   * @param maxPackedBytes what the latencies of the last minute may take in all
   */
  Edges(Loop loop, long maxPackedBytes) {
    this.loop = loop;
    this.maxPackedBytes = maxPackedBytes;
    this.startNanos = loop.nanos();
    for (int i = 0; i < RING; i++) {
      ring[i] = new Second(-1);
    }
  }

  /** Where a caller's next report is to be counted; one for each connection. */
  public static final class Caller {
    private long lastSecond = Long.MIN_VALUE;
  }

  /**
   * Takes in what one process of the service reports.
   *
   * @return what could not be read, each with its place in the frame; the rest holds
   */
  public List<String> record(ServiceId from, Caller caller, TelemetryReport report) {
    long now = second();
    long due = Math.max(now, caller.lastSecond + 1);
    caller.lastSecond = Math.min(due, now + 1);
    Second second = at(caller.lastSecond);
    droppedSeries += report.leftOut();
    List<String> unreadable = new ArrayList<>();
    int place = 0;
    for (TelemetryReport.Series series : report.series()) {
      EdgeKey key = new EdgeKey(from, series.service(), series.library());
      EdgeTotal total = total(key);
      if (total == null) {
        droppedSeries++;
      } else {
        Tally tally = second.edges.computeIfAbsent(key, k -> new Tally());
        tally.add(series.outcome(), series.count());
        total.add(series.outcome(), series.count());
        if (series.latencies().isPresent()) {
          try {
            Histogram latency = Latencies.decode(series.latencies().get());
            tally.add(latency);
            total.add(latency);
          } catch (IOException e) {
            unreadable.add("$.series[" + place + "].histogram: " + e.getMessage());
          }
        }
      }
      place++;
    }
    for (TelemetryReport.EndpointStats stats : report.endpoints()) {
      boolean room = second.endpoints < MAX_ENDPOINTS;
      if (pair(second, from, stats.service()).add(stats, room)) {
        second.endpoints++;
      }
    }
    for (TelemetryReport.ServiceStats stats : report.services()) {
      pair(second, from, stats.service()).retries += stats.retries();
    }
    return unreadable;
  }

  /** The edge's sum, made if there is room for it; else null. */
  private EdgeTotal total(EdgeKey key) {
    EdgeTotal total = totals.get(key);
    if (total == null) {
      int ofCaller = edgesOfCaller.getOrDefault(key.from(), 0);
      if (totals.size() >= MAX_EDGES || ofCaller >= MAX_EDGES_OF_CALLER) {
        return null;
      }
      edgesOfCaller.put(key.from(), ofCaller + 1);
      total = new EdgeTotal();
      totals.put(key, total);
    }
    total.lastNanos = loop.nanos();
    return total;
  }

  /** Forgets the edges on which nothing happened for an hour; to be called now and then. */
  public void sweep() {
    long now = loop.nanos();
    totals
        .entrySet()
        .removeIf(
            edge -> {
              boolean idle = now - edge.getValue().lastNanos >= IDLE_NANOS;
              if (idle) {
                edgesOfCaller.computeIfPresent(
                    edge.getKey().from(), (from, count) -> count == 1 ? null : count - 1);
              }
              return idle;
            });
  }

  private static PairTally pair(Second second, ServiceId from, ServiceId to) {
    EdgeKey.Pair pair = new EdgeKey.Pair(from, to);
    if (second.pairs.size() >= MAX_EDGES && !second.pairs.containsKey(pair)) {
      return new PairTally();
    }
    return second.pairs.computeIfAbsent(pair, p -> new PairTally());
  }

  /**
   * All edges that are known, with what happened on them in the last whole seconds.
   *
   * @param seconds 1 to {@value #MAX_WINDOW_SECONDS}
   */
  public List<EdgeSummary> summary(int seconds) {
    long now = second();
    List<Second> window = new ArrayList<>();
    for (long s = Math.max(0, now - seconds); s < now; s++) {
      window.add(at(s));
    }
    Map<EdgeKey.Pair, PairTally> pairs = new HashMap<>();
    for (Second second : window) {
      second.pairs.forEach(
          (key, tally) -> tally.addTo(pairs.computeIfAbsent(key, p -> new PairTally())));
    }
    List<EdgeSummary> summaries = new ArrayList<>();
    totals.forEach(
        (key, total) -> {
          Tally sum = new Tally();
          for (Second second : window) {
            Tally tally = second.edges.get(key);
            if (tally != null) {
              tally.addTo(sum);
            }
          }
          PairTally pair = pairs.getOrDefault(key.pair(), new PairTally());
          summaries.add(EdgeSummary.of(key, seconds, sum, pair, total));
        });
    return summaries;
  }

  public SortedMap<EdgeKey, EdgeTotal> totals() {
    return totals;
  }

  /** Series and other elements left out since the start because there were too many. */
  public long droppedSeries() {
    return droppedSeries;
  }

  /** What the latencies of the last minute take. */
  long packedBytes() {
    return packedBytes;
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(loop.nanos() - startNanos);
  }

  /** The slot of a second; the slots of seconds that are over are packed on the way. */
  private Second at(long second) {
    long now = second();
    int slot = (int) (second % RING);
    if (ring[slot].number != second) {
      packedBytes -= ring[slot].packedBytes;
      ring[slot] = new Second(second);
    }
    for (Second past : ring) {
      if (past.number >= 0 && past.number < now) {
        packedBytes += past.pack(maxPackedBytes - packedBytes);
      }
    }
    return ring[slot];
  }

  private static final class Second {
    final long number;
    final Map<EdgeKey, Tally> edges = new HashMap<>();
    final Map<EdgeKey.Pair, PairTally> pairs = new HashMap<>();
    int endpoints;
    long packedBytes;
    private boolean packed;

    Second(long number) {
      this.number = number;
    }

    /**
     * @param atMost bytes that it may take
     * @return bytes that it takes now and did not before
     */
    long pack(long atMost) {
      if (packed) {
        return 0;
      }
      packed = true;
      for (Tally tally : edges.values()) {
        packedBytes += tally.pack(atMost - packedBytes);
      }
      return packedBytes;
    }
  }
}
