package dev.meshagent.spi;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import java.util.concurrent.TimeUnit;

/**
 * What an instrumentation is given: the engine's door, timers, the registration sink and the log.
 * There is one per process, set by the runtime before any advice is linked. Thread-safe.
 */
public abstract class Mesh {
  private static volatile Mesh instance;

  /** The running mesh, or null before the runtime is up: the advice then leaves the call alone. */
  public static Mesh get() {
    return instance;
  }

  /** Called once by the runtime. */
  public static void install(Mesh mesh) {
    instance = mesh;
  }

  /**
   * Opens a call of the mesh.
   *
   * @param library the instrumentation's name, for telemetry
   * @return null if the host is no mesh name: the call is to be left alone, byte for byte
   */
  public abstract MeshCall open(String library, RequestHead head);

  /**
   * What a host means now, for a library that resolves names ahead of its calls. A mesh that does
   * not say leaves every name to the library.
   */
  public HostMeaning meaning(String host) {
    return HostMeaning.OUTSIDE;
  }

  /**
   * Runs a short task each time names or a snapshot changed, on the thread that brought the change,
   * until {@link #unwatch}. The task is held weakly and must not throw.
   */
  public void watch(Runnable changed) {}

  public void unwatch(Runnable changed) {}

  /** Runs a short task once, on the agent's timer thread. */
  public abstract Timeout schedule(Runnable task, long delay, TimeUnit unit);

  /** Where server-side instrumentation tells which sockets take connections. */
  public abstract Listeners listeners();

  /**
   * Counts an error inside the agent and logs it, once per place; for advice that caught one and
   * lets the call go on.
   */
  public abstract void agentError(String place, Throwable error);

  /** A task that waits for its time. */
  public interface Timeout {
    /** Keeps the task from running, if it has not begun. */
    void cancel();
  }
}
