package dev.meshagent.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Calls from one or more callers, and what became of them. */
final class Load {
  private final Simulation simulation;
  private final List<Caller> callers;
  private Histogram micros = new Histogram(3);

  /** Requests begun, and those that ended badly, since the last {@link #mark}. */
  long requests;

  long failures;

  private boolean stopped;

  Load(Simulation simulation, List<? extends Caller> callers) {
    this.simulation = simulation;
    this.callers = new ArrayList<>(callers);
  }

  /** Open loop: Poisson arrivals over all callers, whatever becomes of earlier calls. */
  Load open(double requestsPerSecond) {
    arrive(requestsPerSecond);
    return this;
  }

  private void arrive(double perSecond) {
    double gap = -Math.log(1 - simulation.random.nextDouble()) / perSecond;
    simulation.after(
        (long) (gap * 1e9),
        () -> {
          if (!stopped) {
            call(callers.get(simulation.random.nextInt(callers.size())), () -> {});
            arrive(perSecond);
          }
        });
  }

  /** Closed loop: every caller calls again as soon as it is answered. */
  Load closed() {
    for (Caller caller : callers) {
      again(caller);
    }
    return this;
  }

  private void again(Caller caller) {
    if (!stopped) {
      call(caller, () -> again(caller));
    }
  }

  private void call(Caller caller, Runnable then) {
    requests++;
    caller.call(
        answer -> {
          micros.recordValue(answer.nanos / 1000);
          failures += answer.good ? 0 : 1;
          then.run();
        });
  }

  void stop() {
    stopped = true;
  }

  /** Forgets what was counted; returns the latencies until now. */
  Histogram mark() {
    Histogram before = micros;
    micros = new Histogram(3);
    requests = 0;
    failures = 0;
    return before;
  }

  double millisAt(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}
