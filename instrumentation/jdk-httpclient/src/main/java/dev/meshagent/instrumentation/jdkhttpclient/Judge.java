package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.ConnectException;

/**
 * What becomes of the attempts of a hop when they end: the engine is told how, and says whether
 * that is the answer, is dropped, or is followed by another attempt. For whoever drives the hop.
 */
final class Judge {
  private final Hop hop;
  private Failure lastFailure = Failure.NONE;

  Judge(Hop hop) {
    this.hop = hop;
  }

  /** How the attempt that ended last failed; NONE if none did. */
  Failure lastFailure() {
    return lastFailure;
  }

  /** An attempt over the leg ended, by a response or a failure. */
  void judge(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    try {
      if (thrown == null) {
        answered(leg, ended, response);
      } else {
        failed(leg, ended, thrown, timedOut);
      }
    } catch (Throwable e) {
      if (thrown != null) {
        hop.brokenByMesh(e, thrown);
      } else if (leg == hop.first()) {
        hop.brokenByMesh(e);
        // As it came; complete already if it was what follows that failed.
        hop.delivery().asItCame(response);
        hop.stopWaiting();
        hop.sending().breakOff();
      } else {
        hop.brokenByMesh(e, new IOException("mesh-agent failed", e));
      }
    }
  }

  private void answered(Leg leg, Attempt ended, Object response) {
    hop.head().bodyMayBeSent = true;
    Verdict verdict = hop.call().finish(ended, Outcomes.response(response));
    if (verdict == Verdict.DISCARD) {
      discard(leg);
    } else if (verdict == Verdict.DELIVER) {
      deliver(leg, response);
    } else if (gaveUp()) {
      hop.call().cancel();
      deliver(leg, response);
    } else if (hop.sending().alone()) {
      DroppedBody.drop(hop.mesh(), leg, this::retry);
    } else {
      leg.leave(true);
      hop.advance();
    }
  }

  private void deliver(Leg leg, Object response) {
    if (!hop.sending().alone()) {
      hop.stopWaiting();
      hop.sending().breakOff();
    }
    hop.delivery().response(leg, response);
  }

  private void failed(Leg leg, Attempt ended, Throwable thrown, boolean timedOut) {
    Throwable cause = Outcomes.cause(thrown);
    hop.cancellation().look();
    if (gaveUp()) {
      // To begin this attempt may have wiped the client's own mark: it must not try once more.
      ClientInternals.markCancelled(hop.multi());
      hop.call().finish(ended, hop.cancellation().lost());
      hop.call().cancel();
      hop.fail(thrown);
      return;
    }
    lastFailure = timedOut ? Failure.TIMEOUT : leg.failure(cause);
    hop.head().bodyMayBeSent |= !lastFailure.unsent();
    Verdict verdict = hop.call().finish(ended, Outcome.failure(lastFailure, cause));
    if (!hop.sending().alone() && leg.bound()) {
      leg.leave(false);
    }
    if (verdict == Verdict.RETRY) {
      retry();
      return;
    }
    if (verdict == Verdict.DISCARD && othersMayAnswer()) {
      return;
    }
    if (hop.sending().attempts() > 1
        || cause instanceof ConnectException
        || verdict == Verdict.DISCARD) {
      // The client would try once more by itself; the mesh has tried what it was allowed to. What
      // is left to the client is its remedy for a kept connection that the server had closed.
      ClientInternals.noSecondTry(hop.multi());
    }
    hop.fail(thrown);
  }

  private boolean gaveUp() {
    return hop.cancellation().reason() != null;
  }

  private boolean othersMayAnswer() {
    return !hop.sending().none() || !hop.sending().alone() && hop.waits();
  }

  /** Nobody wants the response: it is a mirror's, or another attempt answers. */
  private void discard(Leg leg) {
    IOException dropped = new IOException("response dropped");
    if (hop.sending().alone()) {
      ClientInternals.noSecondTry(hop.multi());
      DroppedBody.drop(hop.mesh(), leg, () -> hop.fail(dropped));
      return;
    }
    leg.leave(true);
    if (!othersMayAnswer()) {
      hop.fail(dropped);
    }
  }

  /** Begins the attempt that was granted. */
  void retry() {
    try {
      if (!gaveUp() && hop.sending().alone()) {
        // Before the mark is looked at again: a cancellation after this meets a fresh exchange.
        ClientInternals.renew(hop.first().exchange());
      }
    } catch (Throwable e) {
      hop.brokenByMesh(e, new IOException("mesh-agent failed", e));
      return;
    }
    hop.advance();
  }

  /**
   * The body of the delivered response broke, and nobody has seen anything of it.
   *
   * @return true if the engine grants a further attempt, which {@link #retry} begins
   */
  boolean broken(IOException cause) {
    if (gaveUp() || ClientInternals.cancelled(hop.multi())) {
      return false;
    }
    Leg current = hop.current();
    Failure failure = Outcomes.failure(cause, false, true, false);
    if (hop.call().broken(current.attempt(), Outcome.failure(failure, cause)) != Verdict.RETRY) {
      return false;
    }
    lastFailure = failure;
    current.reopen();
    hop.first().renewResult();
    return true;
  }
}
