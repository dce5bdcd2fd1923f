package dev.meshagent.controller.stream;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What went over the control streams since the start. Runs on the loop, but for {@link #renewed}.
 */
public final class StreamCounters {
  private final SortedMap<String, Long> received = new TreeMap<>();
  private final LongAdder renewals = new LongAdder();
  private final SortedMap<String, Long> sent = new TreeMap<>();
  private long malformed;
  private long refused;
  private long unreadableTelemetry;

  void received(AgentFrame frame) {
    // Unknown types are counted together: a peer must not choose our names.
    received.merge(frame.getClass().getSimpleName().toLowerCase(Locale.ROOT), 1L, Long::sum);
  }

  /** A renewal came that was not handed to the loop; from any thread. */
  void renewed() {
    renewals.increment();
  }

  void sent(String type) {
    sent.merge(type, 1L, Long::sum);
  }

  void malformed() {
    malformed++;
  }

  void refused() {
    refused++;
  }

  void unreadableTelemetry(int histograms) {
    unreadableTelemetry += histograms;
  }

  /** Frames from agents by type; those of unknown type as {@code unknown}. */
  public SortedMap<String, Long> received() {
    SortedMap<String, Long> all = new TreeMap<>(received);
    long renewed = renewals.sum();
    if (renewed > 0) {
      all.merge("renew", renewed, Long::sum);
    }
    return all;
  }

  /** Frames to agents by type. */
  public SortedMap<String, Long> sent() {
    return sent;
  }

  /** Frames over which a connection was closed. */
  public long malformedFrames() {
    return malformed;
  }

  /** Snapshots and deltas that agents refused. */
  public long refusedPushes() {
    return refused;
  }

  public long unreadableHistograms() {
    return unreadableTelemetry;
  }
}
