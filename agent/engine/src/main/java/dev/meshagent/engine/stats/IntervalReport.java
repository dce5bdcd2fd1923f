package dev.meshagent.engine.stats;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What happened between two takings of the report. Immutable; whoever takes it owns the histograms.
 */
public final class IntervalReport {
  public final List<Series> series;
  public final List<EndpointInterval> endpoints;
  public final List<ServiceInterval> services;

  public IntervalReport(
      List<Series> series, List<EndpointInterval> endpoints, List<ServiceInterval> services) {
    this.series = Collections.unmodifiableList(series);
    this.endpoints = Collections.unmodifiableList(endpoints);
    this.services = Collections.unmodifiableList(services);
  }

  /** True if no call ended in the interval and no attempt was made. */
  public boolean isEmpty() {
    return series.isEmpty() && endpoints.isEmpty() && services.isEmpty();
  }

  /** Calls as the application saw them, of one service, route, subset, outcome and library. */
  public static final class Series {
    public final ServiceId service;

    /** The route's name; empty for the default route. */
    public final String route;

    /** The subset's name; empty for none. */
    public final String subset;

    public final OutcomeClass outcome;

    /** The instrumentation that carried the calls. */
    public final String library;

    public final long count;

    /** Latency to the response head, in microseconds. */
    public final Histogram histogram;

    public Series(
        ServiceId service,
        String route,
        String subset,
        OutcomeClass outcome,
        String library,
        Histogram histogram) {
      this.service = service;
      this.route = route;
      this.subset = subset;
      this.outcome = outcome;
      this.library = library;
      this.count = histogram.getTotalCount();
      this.histogram = histogram;
    }
  }

  /** Attempts at one endpoint. */
  public static final class EndpointInterval {
    public final ServiceId service;
    public final String uid;

    /** Attempts begun in the interval. */
    public final long attempts;

    /** Attempts that failed in the interval: no response, or one that counts against it. */
    public final long failures;

    /** The estimate of its latency now, in microseconds; 0 before the first answer. */
    public final long ewmaMicros;

    /** Attempts in flight now. */
    public final int outstanding;

    /** True if it is ejected now. */
    public final boolean ejected;

    public EndpointInterval(
        ServiceId service,
        String uid,
        long attempts,
        long failures,
        long ewmaMicros,
        int outstanding,
        boolean ejected) {
      this.service = service;
      this.uid = uid;
      this.attempts = attempts;
      this.failures = failures;
      this.ewmaMicros = ewmaMicros;
      this.outstanding = outstanding;
      this.ejected = ejected;
    }
  }

  /** Calls to one service. */
  public static final class ServiceInterval {
    public final ServiceId service;
    public final long calls;
    public final long attempts;
    public final long retries;

    /** Retries that were due but that the budget forbade. */
    public final long budgetExhausted;

    public ServiceInterval(
        ServiceId service, long calls, long attempts, long retries, long budgetExhausted) {
      this.service = service;
      this.calls = calls;
      this.attempts = attempts;
      this.retries = retries;
      this.budgetExhausted = budgetExhausted;
    }
  }
}
