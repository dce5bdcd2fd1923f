package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends copies of the requests of a blocking library aside, each on a thread of the agent's, and
 * throws their answers away. Nobody waits for a copy, so each has a limit of time, and all have one
 * of number: what comes beyond is dropped, told to the engine as failed, and counted as an error of
 * the agent's. Nothing that happens here reaches the application. One for each instrumentation;
 * thread-safe.
 */
public final class Copies {
  /** How many may be under way for a library; each has a thread and a connection. */
  public static final int MOST = 64;

  /**
   * How long a copy without a limit of its own may take, its answer's body included: as long as
   * Envoy's route timeout by default.
   */
  public static final long DEFAULT_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final String place;
  private final Continuations threads;

  /** One copy. Made on the thread of the call, used on another. */
  public abstract static class Copy extends Breakable {
    protected final Attempt attempt;

    protected Copy(Attempt attempt) {
      this.attempt = attempt;
    }

    /** How long connecting may take, in ns. */
    protected final long connectLimitNanos() {
      return Math.min(attempt.connectTimeoutNanos(), limitNanos(attempt));
    }

    /** Sends; returns at the head of the response. */
    protected abstract Outcome send() throws Exception;

    /** Reads what is left of the response, and lets the library have its connection. */
    protected abstract void readToEnd() throws Exception;
  }

  /**
   * @param library as it is called in the threads' names
   */
  public Copies(String library) {
    place = "mesh-agent copies calls of " + library;
    threads = new Continuations(place, MOST);
  }

  /** How long a copy may take in all, in ns; blocking or not. */
  public static long limitNanos(Attempt attempt) {
    return attempt.timeoutNanos == Long.MAX_VALUE ? DEFAULT_LIMIT_NANOS : attempt.timeoutNanos;
  }

  /**
   * Sends the copies of an attempt.
   *
   * @param preparing makes a copy ready to be sent from another thread
   */
  public void send(Mesh mesh, MeshCall call, Attempt attempt, Function<Attempt, Copy> preparing) {
    try {
      for (Attempt mirror : attempt.mirrors()) {
        begin(mesh, call, mirror, preparing);
      }
    } catch (Throwable e) {
      mesh.agentError(place, e);
    }
  }

  private void begin(Mesh mesh, MeshCall call, Attempt mirror, Function<Attempt, Copy> preparing) {
    try {
      Copy copy = preparing.apply(mirror);
      threads.run(() -> run(mesh, call, copy));
    } catch (RejectedExecutionException full) {
      drop(mesh, call, mirror, new RejectedExecutionException(MOST + " copies are under way"));
    } catch (Throwable e) {
      drop(mesh, call, mirror, e);
    }
  }

  private void drop(Mesh mesh, MeshCall call, Attempt mirror, Throwable why) {
    mesh.agentError(place, why);
    call.finish(mirror, Outcome.failure(Failure.OTHER, why));
    call.release(mirror);
  }

  private void run(Mesh mesh, MeshCall call, Copy copy) {
    try {
      copy.breakOffAfter(mesh, limitNanos(copy.attempt));
      call.finish(copy.attempt, copy.send());
      copy.readToEnd();
    } catch (Throwable e) {
      // Ignored by the engine if it was the body that broke.
      call.finish(copy.attempt, Outcome.failure(Failure.OTHER, e));
      if (e instanceof Error) {
        mesh.agentError(place, e);
      }
    } finally {
      copy.end();
      call.release(copy.attempt);
    }
  }
}
