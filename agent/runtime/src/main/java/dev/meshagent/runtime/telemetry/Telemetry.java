package dev.meshagent.runtime.telemetry;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.IntervalReport.Series;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Turns the engine's intervals into frames. Called from the control loop once a second while there
 * is a connection; what happens meanwhile without one is in the first interval afterwards.
 */
public final class Telemetry {
  private final Supplier<IntervalReport> intervals;
  private final AgentErrors errors;
  private final LongSupplier nanos;
  private final Consumer<ServiceId> called;
  private long intervalStartNanos;
  private long unknownFieldsTold;

  /**
   * @param called told of each service that the interval has calls to
   */
  public Telemetry(
      Engine engine, AgentErrors errors, LongSupplier nanos, Consumer<ServiceId> called) {
    this(engine::takeInterval, errors, nanos, called);
  }

  Telemetry(
      Supplier<IntervalReport> intervals,
      AgentErrors errors,
      LongSupplier nanos,
      Consumer<ServiceId> called) {
    this.intervals = intervals;
    this.errors = errors;
    this.nanos = nanos;
    this.called = called;
    this.intervalStartNanos = nanos.getAsLong();
  }

  /**
   * Ends the present interval.
   *
   * @param unknownFields of the control protocol, skipped since the start
   * @return null if there is nothing to tell
   */
  public String take(long unknownFields) {
    IntervalReport report = intervals.get();
    long now = nanos.getAsLong();
    long intervalMillis = (now - intervalStartNanos) / 1_000_000L;
    intervalStartNanos = now;
    long agentErrors = errors.take();
    long newUnknownFields = unknownFields - unknownFieldsTold;
    unknownFieldsTold = unknownFields;
    for (Series series : report.series) {
      called.accept(series.service);
    }
    return report.isEmpty() && agentErrors == 0 && newUnknownFields == 0
        ? null
        : TelemetryFrame.write(report, intervalMillis, agentErrors, newUnknownFields);
  }
}
