package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.HttpResponse;

/**
 * The attempts of an asynchronous hop that are under way, and what the engine says of them. The
 * library's threads, the agent's timer and whoever cancels may all come at once: the engine and the
 * fields are only touched under the lock, and nothing of the library's or the application's is
 * called under it. Thread-safe.
 */
final class AsyncRunning {
  private final Mesh mesh;
  private final MeshCall call;
  private final RequestView head;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<AsyncTry> running = new ArrayList<>(1);

  private boolean over;
  private boolean gaveUp;
  private AsyncTry delivered;
  private Failure lastFailure = Failure.NONE;

  AsyncRunning(Mesh mesh, MeshCall call, RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.head = head;
  }

  /** What becomes of a call when an attempt has failed. */
  enum After {
    ASK_AGAIN,
    FAIL,
    NOTHING
  }

  /** The next step; null if the call is over or was given up. */
  Step next() {
    lock.lock();
    try {
      return over || gaveUp ? null : call.next();
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      return Step.PASS;
    } finally {
      lock.unlock();
    }
  }

  boolean gaveUp() {
    lock.lock();
    try {
      return gaveUp;
    } finally {
      lock.unlock();
    }
  }

  Failure lastFailure() {
    lock.lock();
    try {
      return lastFailure;
    } finally {
      lock.unlock();
    }
  }

  /**
   * @return whether another one is under way
   */
  boolean add(AsyncTry begins) {
    lock.lock();
    try {
      running.add(begins);
      return running.size() > 1;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The agent could not send the attempt.
   *
   * @return whether no other one is under way: then nothing of the call is left in the engine
   */
  boolean unprepared(AsyncTry tried, Throwable error) {
    mesh.agentError(ApacheHttpClient5AsyncModule.NAME, error);
    lock.lock();
    try {
      running.remove(tried);
      finish(tried.attempt, Outcome.failure(Failure.OTHER, error));
      if (!running.isEmpty()) {
        return false;
      }
      call.cancel();
      call.release(tried.attempt);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
    } finally {
      lock.unlock();
    }
    return true;
  }

  /** A copy that is not sent at all. */
  void notSent(Attempt mirror) {
    lock.lock();
    try {
      finish(mirror, Outcome.failure(Failure.CANCELLED, null));
      call.release(mirror);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The verdict on a response.
   *
   * @param losers is given those that are to be broken off if this response is delivered
   */
  Verdict answered(AsyncTry tried, HttpResponse response, List<AsyncTry> losers) {
    lock.lock();
    try {
      if (!running.remove(tried)) {
        return Verdict.DISCARD;
      }
      head.bodyMayBeSent = true;
      Verdict verdict = finish(tried.attempt, Outcomes.response(response));
      if (verdict == Verdict.DELIVER) {
        over = true;
        delivered = tried;
        losers.addAll(running);
        running.clear();
        for (AsyncTry loser : losers) {
          finish(loser.attempt, Outcome.failure(Failure.CANCELLED, null));
        }
      }
      return verdict;
    } finally {
      lock.unlock();
    }
  }

  /** The attempt got no response; null if it is not under way any more. */
  After failed(AsyncTry tried, Exception cause) {
    lock.lock();
    try {
      if (!running.remove(tried)) {
        return null;
      }
      Failure failure = gaveUp ? Failure.CANCELLED : Outcomes.failure(cause, tried.connected());
      return after(tried, failure, cause, failure == Failure.TIMEOUT);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The attempt ran out of time; null if it is not under way any more.
   *
   * @param applications whether the time was the application's
   */
  After timedOut(AsyncTry tried, Exception cause, boolean applications) {
    lock.lock();
    try {
      return running.remove(tried) ? after(tried, Failure.TIMEOUT, cause, applications) : null;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  private After after(AsyncTry tried, Failure failure, Exception cause, boolean enough) {
    lastFailure = failure;
    head.bodyMayBeSent |= !Outcomes.nothingSent(failure, tried.connected());
    boolean ends = gaveUp || enough;
    Verdict verdict =
        finish(
            tried.attempt, ends ? Outcome.last(failure, cause) : Outcome.failure(failure, cause));
    if (ends) {
      call.cancel();
      return After.FAIL;
    }
    switch (verdict) {
      case RETRY:
        return After.ASK_AGAIN;
      case DISCARD:
        return After.NOTHING;
      default:
        return After.FAIL;
    }
  }

  /** An error of the engine's is not the application's. */
  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return call.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /** Nothing is to be decided any more; true once. */
  boolean end() {
    lock.lock();
    try {
      boolean first = !over;
      over = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The application gave up.
   *
   * @return what is to be cancelled; null if the call is waiting and ends at once
   */
  List<AsyncTry> giveUp() {
    List<AsyncTry> open;
    boolean waiting;
    lock.lock();
    try {
      gaveUp = true;
      open = new ArrayList<>(running);
      if (delivered != null) {
        open.add(delivered);
      }
      waiting = open.isEmpty() && !over;
    } finally {
      lock.unlock();
    }
    call.cancel();
    return waiting ? null : Collections.unmodifiableList(open);
  }

  void released(AsyncTry tried) {
    call.release(tried.attempt);
  }
}
