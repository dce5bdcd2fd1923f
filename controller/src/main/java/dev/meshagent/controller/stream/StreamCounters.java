package dev.meshagent.controller.stream;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** What went over the control streams since the start. Runs on the loop. */
public final class StreamCounters {
  private final SortedMap<String, Long> received = new TreeMap<>();
  private final SortedMap<String, Long> sent = new TreeMap<>();
  private long malformed;
  private long refused;
  private long unreadableTelemetry;

  void received(AgentFrame frame) {
    // Unknown types are counted together: a peer must not choose our names.
    received.merge(frame.getClass().getSimpleName().toLowerCase(Locale.ROOT), 1L, Long::sum);
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
    return received;
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
