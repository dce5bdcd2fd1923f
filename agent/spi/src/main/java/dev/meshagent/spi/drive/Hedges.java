package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The attempts of a blocking call that run beside the one of its own thread, each on a thread of
 * the agent's. The call's thread asks and tells the engine through this, too, and looks now and
 * then whether one of these has won. Thread-safe; nothing of the library's is called under the
 * lock.
 *
 * @param <T> how the library sends such an attempt
 */
public abstract class Hedges<T extends Hedges.Aside> {
  private final Mesh mesh;
  private final MeshCall call;
  private final String library;
  private final Continuations threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<T> running = new ArrayList<>(1);
  private volatile Runnable own;
  private Resumption due;
  private T won;
  private boolean over;
  private boolean handedBack;

  /** One attempt that is sent aside. */
  public abstract static class Aside {
    public final Attempt attempt;

    /** Why it failed, if it won by that. */
    Exception failure;

    protected Aside(Attempt attempt) {
      this.attempt = attempt;
    }

    /** Sends; returns at the head of the response. */
    protected abstract Outcome send() throws Exception;

    /** What it means that {@link #send} threw this. */
    protected abstract Outcome failed(Exception failure);

    /** Makes {@link #send} end soon, if it has not. From any thread. */
    protected abstract void breakOff();

    /** Nobody wants the response. */
    protected abstract void drop();

    /** Null if there is a response. */
    public Exception failure() {
      return failure;
    }
  }

  /**
   * @param library the instrumentation's name
   */
  protected Hedges(Mesh mesh, MeshCall call, String library, Continuations threads) {
    this.mesh = mesh;
    this.call = call;
    this.library = library;
    this.threads = threads;
  }

  /** Prepares an attempt; the request may be read, since nobody changes it any more. */
  protected abstract T aside(Attempt attempt);

  /**
   * What breaks off the attempt that the call's own thread sends now; run on any thread, once one
   * of these has won, and at once if one has: it may have while the thread was connecting.
   */
  public final void own(Runnable breakOff) {
    own = breakOff;
    if (won() != null) {
      breakOff.run();
    }
  }

  /**
   * Asks for a further attempt after that time, if nothing has answered by then.
   *
   * @param nanos {@link Long#MAX_VALUE} for never
   */
  public final void after(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      return;
    }
    // Without a thread there is no hedge: the attempts under way go on.
    Resumption next = new Resumption(threads.later(this::ask, () -> {}));
    lock.lock();
    try {
      if (over) {
        return;
      }
      if (due != null) {
        due.drop();
      }
      due = next;
    } finally {
      lock.unlock();
    }
    next.after(mesh, nanos);
  }

  /** As {@link MeshCall#next()}, for the call's thread. */
  public final Step next() {
    lock.lock();
    try {
      handedBack = false;
      return call.next();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link MeshCall#finish}, for the call's thread; DISCARD where one of these has won. */
  public final Verdict finish(Attempt attempt, Outcome outcome) {
    lock.lock();
    try {
      if (won != null) {
        call.finish(attempt, Outcome.failure(Failure.CANCELLED, null));
        return Verdict.DISCARD;
      }
      return call.finish(attempt, outcome);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the call's own thread is to ask what to do now. */
  public final boolean handsBack() {
    lock.lock();
    try {
      return handedBack;
    } finally {
      lock.unlock();
    }
  }

  /** The one that answers the call, or null for none yet. */
  public final T won() {
    lock.lock();
    try {
      return won;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The call has its answer, or none is wanted any more.
   *
   * @param taken whether the answer is that of the one that won
   */
  public final void end(boolean taken) {
    List<T> losers;
    T dropped;
    lock.lock();
    over = true;
    losers = new ArrayList<>(running);
    running.clear();
    dropped = taken ? null : won;
    try {
      if (due != null) {
        due.drop();
      }
      for (T loser : losers) {
        call.finish(loser.attempt, Outcome.failure(Failure.CANCELLED, null));
      }
    } catch (RuntimeException e) {
      mesh.agentError(library, e);
    } finally {
      lock.unlock();
    }
    for (T loser : losers) {
      loser.breakOff();
    }
    if (dropped != null && dropped.failure() == null) {
      dropped.drop();
      call.release(dropped.attempt);
    }
  }

  private void ask() {
    try {
      T aside = null;
      long wait = Long.MAX_VALUE;
      lock.lock();
      try {
        if (over || won != null) {
          return;
        }
        Step step = call.next();
        if (step.kind == Step.Kind.ATTEMPT) {
          aside = prepared((Attempt) step);
        } else if (step.kind == Step.Kind.WAIT) {
          wait = ((Step.Wait) step).nanos;
        } else {
          // It has failed, or waits for a place: that is for the call's own thread.
          handedBack = true;
        }
      } finally {
        lock.unlock();
      }
      if (aside == null) {
        after(wait);
        return;
      }
      after(aside.attempt.hedgeAfterNanos());
      run(aside);
    } catch (Throwable e) {
      mesh.agentError(library, e);
      handBack();
    }
  }

  /** Under the lock; null if the adapter cannot, and then the call's thread is to go on. */
  private T prepared(Attempt attempt) {
    try {
      T aside = aside(attempt);
      running.add(aside);
      return aside;
    } catch (Throwable e) {
      mesh.agentError(library, e);
      handedBack = true;
      call.finish(attempt, Outcome.failure(Failure.OTHER, e));
      return null;
    }
  }

  private void handBack() {
    lock.lock();
    handedBack = true;
    lock.unlock();
  }

  private void run(T aside) {
    Outcome outcome;
    try {
      outcome = aside.send();
    } catch (Throwable e) {
      outcome = failed(aside, e);
    }
    Verdict verdict = judge(aside, outcome);
    if (verdict == Verdict.DELIVER) {
      Runnable sending = own;
      if (sending != null) {
        sending.run();
      }
      return;
    }
    if (aside.failure == null) {
      aside.drop();
    }
    if (verdict == Verdict.RETRY) {
      ask();
    }
  }

  /** Whatever is thrown, the engine must hear of the end of an attempt. */
  private Outcome failed(T aside, Throwable thrown) {
    Throwable error = thrown;
    if (thrown instanceof Exception) {
      try {
        aside.failure = (Exception) thrown;
        return aside.failed(aside.failure);
      } catch (Throwable e) {
        error = e;
      }
    }
    mesh.agentError(library, error);
    aside.failure = new IOException("the attempt could not be sent", error);
    return Outcome.failure(Failure.OTHER, error);
  }

  private Verdict judge(T aside, Outcome outcome) {
    lock.lock();
    try {
      if (!running.remove(aside)) {
        return Verdict.DISCARD;
      }
      Verdict verdict = call.finish(aside.attempt, outcome);
      if (verdict == Verdict.DELIVER) {
        won = aside;
      }
      return verdict;
    } catch (RuntimeException e) {
      mesh.agentError(library, e);
      handedBack = true;
      return Verdict.DISCARD;
    } finally {
      lock.unlock();
    }
  }
}
