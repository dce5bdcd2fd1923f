package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hc.core5.http.HttpResponse;

/**
 * The attempts of an asynchronous hop that are under way, and what the engine says of them. The
 * library's threads, the agent's timer and whoever cancels may all come at once: the engine and the
 * fields are only touched under the monitor, and nothing of the library's or the application's is
 * called under it. Thread-safe.
 */
final class AsyncRunning extends AsyncWaits {
  private static final Outcome NOT_WANTED = Outcome.last(Failure.CANCELLED, null);

  private final MeshCall call;
  private final AsyncRequest request;

  /** The one that began last, and by that the others; two or more only while a call is hedged. */
  private AsyncTry running;

  /** Likewise, when another one's response was delivered. */
  private AsyncTry losers;

  /** Said when the last one began: one that loses meanwhile is a loser beside the winner still. */
  private boolean hedges;

  private boolean over;
  private boolean gaveUp;
  private AsyncTry delivered;
  private Failure lastFailure = Failure.NONE;

  AsyncRunning(Mesh mesh, MeshCall call, AsyncRequest request) {
    super(mesh, request.responseTimeoutNanos());
    this.call = call;
    this.request = request;
  }

  /** What becomes of a call when an attempt has failed. */
  enum After {
    ASK_AGAIN,
    FAIL,
    NOTHING
  }

  /** The next step; null if the call is over or was given up. */
  synchronized Step next() {
    try {
      return over || gaveUp ? null : call.next();
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      return Step.PASS;
    }
  }

  @Override
  synchronized boolean gaveUp() {
    return gaveUp;
  }

  synchronized Failure lastFailure() {
    return lastFailure;
  }

  /**
   * An attempt is about to be sent.
   *
   * @return false if the call has ended or was given up since the engine said so: then it is not to
   *     be sent, and nothing of it is left in the engine
   */
  synchronized boolean add(AsyncTry begins) {
    if (!over && !gaveUp) {
      hedges = running != null;
      begins.beside = running;
      running = begins;
      return true;
    }
    notSent(begins.attempt);
    for (Attempt mirror : begins.attempt.mirrors()) {
      notSent(mirror);
    }
    return false;
  }

  /** Whether another one was under way when the last one began. */
  synchronized boolean hedges() {
    return hedges;
  }

  /** Under the monitor; false if it is not under way any more. */
  private boolean remove(AsyncTry ended) {
    AsyncTry before = null;
    for (AsyncTry open = running; open != null; open = open.beside) {
      if (open == ended) {
        if (before == null) {
          running = open.beside;
        } else {
          before.beside = open.beside;
        }
        return true;
      }
      before = open;
    }
    return false;
  }

  /**
   * The agent could not send the attempt.
   *
   * @return whether no other one is under way: then nothing of the call is left in the engine
   */
  synchronized boolean unprepared(AsyncTry tried, Throwable error) {
    mesh.agentError(ApacheHttpClient5AsyncModule.NAME, error);
    try {
      remove(tried);
      finish(tried.attempt, Outcome.failure(Failure.OTHER, error));
      if (running != null) {
        return false;
      }
      call.cancel();
      call.release(tried.attempt);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
    }
    return true;
  }

  /** An attempt or a copy that is not sent at all. */
  synchronized void notSent(Attempt attempt) {
    finish(attempt, NOT_WANTED);
    call.release(attempt);
  }

  /** The verdict on a response; if that is delivered there may be losers. */
  synchronized Verdict answered(AsyncTry tried, HttpResponse response) {
    if (!remove(tried)) {
      return Verdict.DISCARD;
    }
    request.bodyMayBeSent = true;
    Verdict verdict = finish(tried.attempt, Outcomes.response(response));
    if (verdict == Verdict.DELIVER) {
      over = true;
      delivered = tried;
      losers = running;
      running = null;
      for (AsyncTry loser = losers; loser != null; loser = loser.beside) {
        finish(loser.attempt, NOT_WANTED);
      }
    }
    return verdict;
  }

  /** The first of those that are to be broken off, since the response to another was delivered. */
  synchronized AsyncTry losers() {
    return losers;
  }

  /** The attempt got no response; null if it is not under way any more. */
  synchronized After failed(AsyncTry tried, Exception cause) {
    if (!remove(tried)) {
      return null;
    }
    Failure failure = gaveUp ? Failure.CANCELLED : Outcomes.failure(cause, tried.connected());
    return after(tried, failure, cause, failure == Failure.TIMEOUT);
  }

  /**
   * The attempt ran out of time; null if it is not under way any more.
   *
   * @param applications whether the time was the application's
   */
  synchronized After timedOut(AsyncTry tried, Exception cause, boolean applications) {
    return remove(tried) ? after(tried, Failure.TIMEOUT, cause, applications) : null;
  }

  /** Under the monitor. */
  private After after(AsyncTry tried, Failure failure, Exception cause, boolean enough) {
    lastFailure = failure;
    request.bodyMayBeSent |= !Outcomes.nothingSent(failure, tried.connected());
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

  /**
   * The application's time ended while the call waited.
   *
   * @return false if it is over, or an attempt is under way, whose own limit ends it
   */
  synchronized boolean expire() {
    if (over || running != null) {
      return false;
    }
    call.cancel();
    return true;
  }

  /** Nothing is to be decided any more; true once. */
  synchronized boolean end() {
    boolean first = !over;
    over = true;
    return first;
  }

  /**
   * The application gave up.
   *
   * @return what is to be cancelled; null if the call is waiting and ends at once
   */
  List<AsyncTry> giveUp() {
    List<AsyncTry> open = new ArrayList<>();
    boolean waiting;
    synchronized (this) {
      gaveUp = true;
      for (AsyncTry one = running; one != null; one = one.beside) {
        open.add(one);
      }
      if (delivered != null) {
        open.add(delivered);
      }
      waiting = open.isEmpty() && !over;
    }
    call.cancel();
    return waiting ? null : Collections.unmodifiableList(open);
  }

  void released(AsyncTry tried) {
    call.release(tried.attempt);
  }

  /** The body of the delivered response broke off. */
  void broken(AsyncTry tried, Exception cause) {
    Failure failure = gaveUp() ? Failure.CANCELLED : Outcomes.receiving(cause);
    Deliveries.broken(call, tried.attempt, failure, cause);
  }
}
