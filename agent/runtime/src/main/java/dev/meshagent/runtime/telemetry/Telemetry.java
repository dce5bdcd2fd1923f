package dev.meshagent.runtime.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.IntervalReport.Series;

/**
 * Turns the engine's intervals into frames. Called from the control loop once a second while there
 * is a connection; what happens meanwhile without one is in the first interval afterwards.
 */
public final class Telemetry {
  private final Source source;
  private final AgentErrors errors;
  private long intervalStartNanos;
  private long unknownFieldsTold;

  /** Where intervals come from, and who else wants to know what is in them. */
  public interface Source {
    IntervalReport takeInterval();

    long nanos();

    /** The service was called in the interval. */
    void called(ServiceId service);
  }

  public Telemetry(Source source, AgentErrors errors) {
    this.source = source;
    this.errors = errors;
    this.intervalStartNanos = source.nanos();
  }

  /**
   * Ends the present interval.
   *
   * @param unknownFields of the control protocol, skipped since the start
   * @return null if there is nothing to tell
   */
  public String take(long unknownFields) {
    IntervalReport report = source.takeInterval();
    long now = source.nanos();
    long intervalMillis = (now - intervalStartNanos) / 1_000_000L;
    intervalStartNanos = now;
    long agentErrors = errors.take();
    long newUnknownFields = unknownFields - unknownFieldsTold;
    unknownFieldsTold = unknownFields;
    for (Series series : report.series) {
      source.called(series.service);
    }
    return report.isEmpty() && agentErrors == 0 && newUnknownFields == 0
        ? null
        : TelemetryFrame.write(report, intervalMillis, agentErrors, newUnknownFields);
  }
}
