package dev.meshagent.runtime.thread;

import dev.meshagent.runtime.telemetry.AgentErrors;

/** A task whose failure is counted as an error of the agent, and goes no further. */
public final class GuardedTask implements Runnable {
  private final Runnable task;
  private final String place;
  private final AgentErrors errors;

  public GuardedTask(Runnable task, String place, AgentErrors errors) {
    this.task = task;
    this.place = place;
    this.errors = errors;
  }

  @Override
  public void run() {
    try {
      task.run();
    } catch (Throwable e) {
      errors.count(place, e);
    }
  }
}
