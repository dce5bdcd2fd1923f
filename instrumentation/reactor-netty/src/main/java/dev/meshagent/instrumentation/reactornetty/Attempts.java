package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import java.util.ArrayList;
import java.util.List;

/**
 * The attempts of one call that are under way, and what the engine says of them; an error of the
 * engine's is not the application's. A hop is one by inheritance, which saves an object for each
 * call. Used by the tasks of the hop alone, but for {@link #bodyBroken} and {@link #release}.
 */
class Attempts extends Serial {
  final Mesh mesh;
  final MeshCall call;

  /** Null if none runs. */
  private Try running;

  /** Further ones while a call is hedged; null until there was one. */
  private List<Try> hedges;

  private int begun;

  Attempts(Mesh mesh, MeshCall call) {
    // Entered until the first step was taken: the application may give up before that.
    super(true);
    this.mesh = mesh;
    this.call = call;
  }

  final Step next() {
    try {
      return call.next();
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
      return Step.PASS;
    }
  }

  final void add(Try begins) {
    begun++;
    if (running == null) {
      running = begins;
      return;
    }
    if (hedges == null) {
      hedges = new ArrayList<>(1);
    }
    hedges.add(begins);
  }

  /** How many there have been. */
  final int begun() {
    return begun;
  }

  /** Whether no answer can come any more but by another attempt. */
  final boolean noneRuns() {
    return running == null;
  }

  final boolean isRunning(Try one) {
    return running == one || hedges != null && hedges.contains(one);
  }

  /** True if the attempt is of no interest any more; it is over from here on. */
  final boolean over(Try ended) {
    return !ended.end() || !remove(ended);
  }

  /** False if it did not run. */
  private boolean remove(Try ended) {
    if (running != ended) {
      return hedges != null && hedges.remove(ended);
    }
    running = hedges == null || hedges.isEmpty() ? null : hedges.remove(0);
    return true;
  }

  final Verdict finish(Try ended, Outcome outcome) {
    try {
      return call.finish(ended.attempt, outcome);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /**
   * The agent could not send the attempt.
   *
   * @return whether no other one is under way: then nothing of the call is left in the engine
   */
  final boolean unprepared(Try broken, Throwable error) {
    mesh.agentError(ReactorNettyModule.NAME, error);
    broken.end();
    remove(broken);
    finish(broken, Outcome.failure(Failure.OTHER, error));
    if (running != null) {
      return false;
    }
    try {
      call.cancel();
    } catch (RuntimeException e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
    release(broken);
    return true;
  }

  /** Breaks off all that run. */
  final void breakOff(Outcome outcome) {
    while (running != null) {
      Try open = running;
      remove(open);
      if (open.end()) {
        open.dispose();
        finish(open, outcome);
      }
    }
  }

  /** Breaks off all that run, and tells that nobody waits for an answer. */
  final void abandon(Failure failure) {
    breakOff(Outcome.last(failure, null));
    call.cancel();
  }

  /** The body of a delivered response broke off. */
  final void bodyBroken(Try delivered, Failure failure, Throwable cause) {
    try {
      Deliveries.broken(call, delivered.attempt, failure, cause);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
  }

  final void release(Try delivered) {
    try {
      call.release(delivered.attempt);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
  }
}
