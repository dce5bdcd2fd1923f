package dev.meshagent.controller.telemetry;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.engine.snapshot.ServiceId;
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
 * second for the last minute, and in sum since the start.
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
 * <p>Memory is bounded: at most {@value #MAX_EDGES} edges; what exceeds them is counted as dropped.
 * Runs on the loop.
 */
public final class Edges {
  /** Longest time that can be asked for, in seconds. */
  public static final int MAX_WINDOW_SECONDS = 60;

  private static final int MAX_EDGES = 5_000;

  /** The longest window, the second that is running, and the next one. */
  private static final int RING = MAX_WINDOW_SECONDS + 2;

  private final Loop loop;
  private final long startNanos;
  private final Second[] ring = new Second[RING];
  private final SortedMap<EdgeKey, EdgeTotal> totals = new TreeMap<>();
  private long droppedSeries;

  public Edges(Loop loop) {
    this.loop = loop;
    this.startNanos = loop.nanos();
    for (int i = 0; i < RING; i++) {
      ring[i] = new Second(-1);
    }
  }

  /** Where a caller's next report is to be counted; one for each connection. */
  public static final class Caller {
    private long lastSecond = Long.MIN_VALUE;
  }

  /** Takes in what one process of the service reports. */
  public void record(ServiceId from, Caller caller, TelemetryReport report) {
    long now = second();
    long due = Math.max(now, caller.lastSecond + 1);
    caller.lastSecond = Math.min(due, now + 1);
    Second second = at(caller.lastSecond);
    for (TelemetryReport.Series series : report.series()) {
      EdgeKey key = new EdgeKey(from, series.service(), series.library());
      EdgeTotal total = totals.get(key);
      if (total == null) {
        if (totals.size() >= MAX_EDGES) {
          droppedSeries++;
          continue;
        }
        total = new EdgeTotal();
        totals.put(key, total);
      }
      Tally tally = second.edges.computeIfAbsent(key, k -> new Tally());
      tally.add(series.outcome(), series.count());
      total.add(series.outcome(), series.count());
      if (series.latencyMicros().isPresent()) {
        Histogram latency = series.latencyMicros().get();
        tally.add(latency);
        total.add(latency);
      }
    }
    for (TelemetryReport.EndpointStats stats : report.endpoints()) {
      pair(second, from, stats.service()).add(stats);
    }
    for (TelemetryReport.ServiceStats stats : report.services()) {
      pair(second, from, stats.service()).retries += stats.retries();
    }
  }

  private static PairTally pair(Second second, ServiceId from, ServiceId to) {
    EdgeKey.Pair pair = new EdgeKey.Pair(from, to);
    if (second.pairs.size() >= MAX_EDGES && !second.pairs.containsKey(pair)) {
      return new PairTally();
    }
    return second.pairs.computeIfAbsent(pair, p -> new PairTally());
  }

  /**
   * All edges ever seen, with what happened on them in the last whole seconds.
   *
   * @param seconds 1 to {@value #MAX_WINDOW_SECONDS}
   */
  public List<EdgeSummary> summary(int seconds) {
    long now = second();
    SortedMap<EdgeKey, Tally> edges = new TreeMap<>();
    totals.keySet().forEach(key -> edges.put(key, new Tally()));
    Map<EdgeKey.Pair, PairTally> pairs = new HashMap<>();
    for (long s = Math.max(0, now - seconds); s < now; s++) {
      Second second = at(s);
      second.edges.forEach((key, tally) -> tally.addTo(edges.get(key)));
      second.pairs.forEach(
          (key, tally) -> tally.addTo(pairs.computeIfAbsent(key, p -> new PairTally())));
    }
    List<EdgeSummary> summaries = new ArrayList<>();
    edges.forEach(
        (key, tally) ->
            summaries.add(
                EdgeSummary.of(
                    key,
                    seconds,
                    tally,
                    pairs.getOrDefault(key.pair(), new PairTally()),
                    totals.get(key))));
    return summaries;
  }

  public SortedMap<EdgeKey, EdgeTotal> totals() {
    return totals;
  }

  /** Series left out since the start because there were too many edges. */
  public long droppedSeries() {
    return droppedSeries;
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(loop.nanos() - startNanos);
  }

  /** The slot of a second; the slots of seconds that are over are packed on the way. */
  private Second at(long second) {
    long now = second();
    int slot = (int) (second % RING);
    if (ring[slot].number != second) {
      ring[slot] = new Second(second);
    }
    for (Second past : ring) {
      if (past.number >= 0 && past.number < now) {
        past.pack();
      }
    }
    return ring[slot];
  }

  private static final class Second {
    final long number;
    final Map<EdgeKey, Tally> edges = new HashMap<>();
    final Map<EdgeKey.Pair, PairTally> pairs = new HashMap<>();
    private boolean packed;

    Second(long number) {
      this.number = number;
    }

    void pack() {
      if (!packed) {
        edges.values().forEach(Tally::pack);
        packed = true;
      }
    }
  }
}
