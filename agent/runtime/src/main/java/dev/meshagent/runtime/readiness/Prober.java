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
  private final Object lock = new Object();
  private volatile Boolean ready;
  private Probe probe;

  /**
   * Its verdict counts; set and looked at under the lock, so that one that is over changes none.
   */
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
    Round begun;
    synchronized (lock) {
      if (round != null) {
        round.stop.countDown();
      }
      if (next == null) {
        ready = null;
      }
      begun = next == null ? null : new Round(next, new Verdict(next, ready));
      round = begun;
    }
    if (begun == null) {
      onChange.run();
      return;
    }
    new DaemonThreads("mesh-agent-probe")
        .newThread(new GuardedTask(begun, "readiness", errors))
        .start();
  }

  /** What was found; null if there is no probe or it has not found anything yet. */
  public Boolean ready() {
    return ready;
  }

  /** Takes down what a round found; false if that round is over. */
  private boolean found(Round by, Boolean verdict) {
    synchronized (lock) {
      if (round != by) {
        return false;
      }
      ready = verdict;
      return true;
    }
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
          if (verdict.note(failure == null) && found(this, verdict.ready())) {
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
