package dev.meshagent.testbed;

import java.util.List;

/**
 * The calls from one service to another in the controller's last window, merged over all callers.
 *
 * @param library the instrumentation that carried the calls
 * @param perSecond calls as the application saw them
 * @param p50Micros median latency in microseconds, retries included
 * @param p99Micros the 99th percentile likewise
 */
public record Edge(
    String from,
    String to,
    String library,
    long calls,
    double perSecond,
    long failures,
    long p50Micros,
    long p99Micros,
    long retries,
    List<Share> endpoints) {

  /**
   * What one endpoint got of an edge's attempts.
   *
   * @param address {@code ip:port}
   * @param share between 0 and 1
   */
  public record Share(String address, long attempts, double share, boolean ejected) {}

  /** Calls without failure per hundred; 100 if there were none. */
  public double successPercent() {
    return calls == 0 ? 100 : 100.0 * (calls - failures) / calls;
  }
}
