package dev.meshagent.runtime.readiness;

import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.runtime.thread.DaemonThreads;
import dev.meshagent.runtime.thread.GuardedTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Probes this process for as long as there is a probe, on a daemon thread that is there only then.
 * {@link #use} belongs to one thread; {@link #ready} is for any.
 */
public final class Prober {
  private final Runnable onChange;
  private final AgentErrors errors;
  private volatile Boolean ready;
  private Probe probe;
  private Round round;

  /**
   * @param onChange run on the prober's thread whenever {@link #ready} has changed; must be short
   */
  public Prober(Runnable onChange, AgentErrors errors) {
    this.onChange = onChange;
    this.errors = errors;
  }

  /**
   * Probes by this from now on. The same as before goes on as it was; another one keeps the verdict
   * until it has one of its own.
   *
   * @param next null for none
   */
  public void use(Probe next) {
    if (next == null ? probe == null : next.equals(probe)) {
      return;
    }
    probe = next;
    if (round != null) {
      round.stop.countDown();
      round = null;
    }
    if (next == null) {
      ready = null;
      onChange.run();
      return;
    }
    round = new Round(next, new Verdict(next, ready));
    new DaemonThreads("mesh-agent-probe")
        .newThread(new GuardedTask(round, "readiness", errors))
        .start();
  }

  /** What was found; null if there is no probe or it has not found anything yet. */
  public Boolean ready() {
    return ready;
  }

  /** One probe, tried until it is told to stop. */
  private final class Round implements Runnable {
    final CountDownLatch stop = new CountDownLatch(1);
    private final Probe probe;
    private final Verdict verdict;

    Round(Probe probe, Verdict verdict) {
      this.probe = probe;
      this.verdict = verdict;
    }

    @Override
    public void run() {
      try {
        long waitMillis = probe.initialDelayMillis;
        while (!stop.await(waitMillis, TimeUnit.MILLISECONDS)) {
          String failure = ProbeCall.failure(probe);
          if (verdict.note(failure == null) && stop.getCount() > 0) {
            ready = verdict.ready();
            Log.info(
                failure == null
                    ? "ready: " + probe.target() + " answers"
                    : "not ready: " + probe.target() + ": " + failure);
            onChange.run();
          }
          waitMillis = probe.periodMillis;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
