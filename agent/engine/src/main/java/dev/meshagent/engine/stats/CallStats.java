package dev.meshagent.engine.stats;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;

/**
 * The latencies of the calls of one service, route and subset, by library and outcome; recorders
 * are made when first used. Recording takes no lock; taking is for one caller at a time.
 */
public final class CallStats {
  private static final int OUTCOMES = OutcomeClass.values().length;

  private final ServiceId service;
  private final String route;
  private final String subset;

  /** Few, so a scan that compares references first beats a map. Replaced whole. */
  private volatile Library[] libraries = new Library[0];

  CallStats(ServiceId service, String route, String subset) {
    this.service = service;
    this.route = route;
    this.subset = subset;
  }

  private static final class Library {
    final String name;
    final AtomicReferenceArray<LatencyRecorder> recorders = new AtomicReferenceArray<>(OUTCOMES);

    Library(String name) {
      this.name = name;
    }
  }

  /** Records a call that has ended. */
  public void record(String library, OutcomeClass outcome, long nanos) {
    AtomicReferenceArray<LatencyRecorder> recorders = library(library).recorders;
    LatencyRecorder recorder = recorders.get(outcome.ordinal());
    if (recorder == null) {
      recorders.compareAndSet(outcome.ordinal(), null, new LatencyRecorder());
      recorder = recorders.get(outcome.ordinal());
    }
    recorder.record(nanos / 1000);
  }

  private Library library(String name) {
    for (Library library : libraries) {
      if (library.name == name || library.name.equals(name)) {
        return library;
      }
    }
    return addLibrary(name);
  }

  private synchronized Library addLibrary(String name) {
    Library[] seen = libraries;
    for (Library library : seen) {
      if (library.name.equals(name)) {
        return library;
      }
    }
    Library[] more = java.util.Arrays.copyOf(seen, seen.length + 1);
    more[seen.length] = new Library(name);
    libraries = more;
    return more[seen.length];
  }

  void takeInto(List<IntervalReport.Series> series, Scratch scratch) {
    for (Library library : libraries) {
      for (OutcomeClass outcome : OutcomeClass.values()) {
        LatencyRecorder recorder = library.recorders.get(outcome.ordinal());
        Histogram histogram = recorder == null ? null : recorder.takeInterval(scratch);
        if (histogram != null) {
          series.add(
              new IntervalReport.Series(service, route, subset, outcome, library.name, histogram));
        }
      }
    }
  }
}
