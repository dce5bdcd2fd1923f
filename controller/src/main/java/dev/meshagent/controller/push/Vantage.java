package dev.meshagent.controller.push;

/**
 * Where a subscriber stands, which decides whether loopback addresses mean anything to it: its own
 * loopback is not that of a workload on the controller's host.
 */
public enum Vantage {
  /** Connected over loopback. */
  SAME_HOST,
  ELSEWHERE
}
