package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;

/**
 * What becomes of the attempts of a hop when they end: the engine is told how, and says whether
 * that is the answer, is dropped, or is followed by another attempt. For whoever drives the hop.
 * Stateless.
 */
final class Judge {
  private Judge() {}

  /** An attempt over the leg ended, by a response or a failure. */
  static void judge(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    Hop hop = leg.hop();
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
        Delivery.asItCame(hop, response);
        hop.stopWaiting();
        Sending.breakOff(hop);
      } else {
        hop.brokenByMesh(e, new IOException("mesh-agent failed", e));
      }
    }
  }

  private static void answered(Leg leg, Attempt ended, Object response) {
    Hop hop = leg.hop();
    hop.head().bodyMayBeSent = true;
    Verdict verdict = hop.call().finish(ended, Outcomes.response(response));
    if (verdict == Verdict.DISCARD) {
      discard(leg);
    } else if (verdict == Verdict.DELIVER) {
      deliver(leg, response);
    } else if (gaveUp(hop)) {
      hop.call().cancel();
      deliver(leg, response);
    } else if (Sending.alone(hop)) {
      DroppedBody.drop(leg, () -> retry(hop));
    } else {
      leg.leave(true);
      hop.advance();
    }
  }

  private static void deliver(Leg leg, Object response) {
    Hop hop = leg.hop();
    if (!Sending.alone(hop)) {
      hop.stopWaiting();
      Sending.breakOff(hop);
    }
    Delivery.response(leg, response);
  }

  private static void failed(Leg leg, Attempt ended, Throwable thrown, boolean timedOut) {
    Hop hop = leg.hop();
    Throwable cause = Outcomes.cause(thrown);
    Cancellation.look(hop);
    if (gaveUp(hop)) {
      // To begin this attempt may have wiped the client's own mark: it must not try once more.
      ClientInternals.markCancelled(hop.multi());
      IOException reason = Cancellation.reason(hop);
      hop.call().finish(ended, Cancellation.lost(hop));
      hop.call().cancel();
      hop.fail(reason instanceof HttpTimeoutException ? reason : thrown);
      return;
    }
    Failure failure = timedOut ? Failure.TIMEOUT : leg.failure(cause);
    hop.lastFailure = failure;
    hop.head().bodyMayBeSent |= !failure.unsent();
    Verdict verdict = hop.call().finish(ended, Outcome.failure(failure, cause));
    if (!Sending.alone(hop) && leg.bound()) {
      leg.leave(false);
    }
    if (verdict == Verdict.RETRY) {
      retry(hop);
      return;
    }
    if (verdict == Verdict.DISCARD && othersMayAnswer(hop)) {
      return;
    }
    if (hop.attempts > 1 || cause instanceof ConnectException || verdict == Verdict.DISCARD) {
      // The client would try once more by itself; the mesh has tried what it was allowed to. What
      // is left to the client is its remedy for a kept connection that the server had closed.
      ClientInternals.noSecondTry(hop.multi());
    }
    hop.fail(thrown);
  }

  private static boolean gaveUp(Hop hop) {
    return hop.cancelReason != null;
  }

  private static boolean othersMayAnswer(Hop hop) {
    return !Sending.none(hop) || !Sending.alone(hop) && hop.waits();
  }

  /** Nobody wants the response: it is a mirror's, or another attempt answers. */
  private static void discard(Leg leg) {
    Hop hop = leg.hop();
    IOException dropped = new IOException("response dropped");
    if (Sending.alone(hop)) {
      ClientInternals.noSecondTry(hop.multi());
      DroppedBody.drop(leg, () -> hop.fail(dropped));
      return;
    }
    leg.leave(true);
    if (!othersMayAnswer(hop)) {
      hop.fail(dropped);
    }
  }

  /** Begins the attempt that was granted. */
  static void retry(Hop hop) {
    try {
      if (!gaveUp(hop) && Sending.alone(hop)) {
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
  static boolean broken(Hop hop, IOException cause) {
    if (gaveUp(hop) || ClientInternals.cancelled(hop.multi())) {
      return false;
    }
    Leg current = hop.current;
    Failure failure = Outcomes.failure(cause, false, true, false);
    if (hop.call().broken(current.attempt(), Outcome.failure(failure, cause)) != Verdict.RETRY) {
      return false;
    }
    hop.lastFailure = failure;
    current.reopen();
    hop.first().renewResult();
    return true;
  }
}
