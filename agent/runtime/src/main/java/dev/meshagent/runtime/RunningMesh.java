package dev.meshagent.runtime;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;

/** The running agent as instrumentations see it. Thread-safe. */
final class RunningMesh extends Mesh {
  private final Engine engine;
  private final TimerThread timer;
  private final Listeners listeners;
  private final AgentErrors errors;

  RunningMesh(Engine engine, TimerThread timer, Listeners listeners, AgentErrors errors) {
    this.engine = engine;
    this.timer = timer;
    this.listeners = listeners;
    this.errors = errors;
  }

  @Override
  public MeshCall open(String library, RequestHead head) {
    try {
      return engine.open(library, head);
    } catch (Throwable e) {
      errors.count(library + ".open", e);
      return null;
    }
  }

  @Override
  public HostMeaning meaning(String host) {
    return engine.meaning(host);
  }

  @Override
  public void watch(Runnable changed) {
    engine.watch(changed);
  }

  @Override
  public void unwatch(Runnable changed) {
    engine.unwatch(changed);
  }

  @Override
  public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    return timer.schedule(task, delay, unit);
  }

  @Override
  public Listeners listeners() {
    return listeners;
  }

  @Override
  public void agentError(String place, Throwable error) {
    errors.count(place, error);
  }
}
