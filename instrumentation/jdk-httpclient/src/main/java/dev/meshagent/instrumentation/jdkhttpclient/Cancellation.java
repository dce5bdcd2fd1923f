package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

/**
 * That the application, or its timer, gave a hop up. It comes on any thread at any time, and sets a
 * mark that is looked at before each attempt and after it. Only where the hop waits, or has its
 * attempts beside one another, is it ended by this itself. Stateless: the mark is the hop's.
 */
final class Cancellation {
  private Cancellation() {}

  /** The client breaks the exchange of a leg off; see {@link Leg#cancelled}. */
  static void cancelled(Hop hop, Leg leg, IOException why) {
    Leg first = hop.first();
    Leg known = hop.current;
    if (leg != first && leg != known) {
      return; // A companion's; its failure is seen as that of any attempt.
    }
    hop.cancelReason = why;
    if (known.delivered()) {
      if (leg != known) {
        ClientInternals.cancel(known.exchange(), why);
      }
      Hops.remove(hop);
      known.release();
    } else if (!Sending.alone(hop)) {
      Sending.inTurn(hop, () -> end(hop));
    } else if (hop.waits()) {
      end(hop);
    }
  }

  /** Asks the client, which does not break its exchange off in each case. */
  static void look(Hop hop) {
    if (hop.cancelReason == null && ClientInternals.cancelledByApplication(hop.multi())) {
      hop.cancelReason = new IOException("Request cancelled");
    }
  }

  /** Asks the client, which may have broken its exchange off before the hop was known to be its. */
  static void lookBack(Hop hop) {
    look(hop);
    if (hop.cancelReason == null && ClientInternals.cancelled(hop.multi())) {
      hop.cancelReason = new HttpConnectTimeoutException("HTTP connect timed out");
    }
  }

  /** Of an attempt that is not waited for any more, for this or since another answers. */
  static Outcome lost(Hop hop) {
    IOException why = hop.cancelReason;
    return why == null
        ? Outcome.failure(Failure.CANCELLED, null)
        : Outcome.last(
            why instanceof HttpTimeoutException ? Failure.TIMEOUT : Failure.CANCELLED, why);
  }

  /**
   * What the application hears. The client's timer looks for a connection where the exchange has
   * none between two attempts, or one that is yet being made: it says that connecting took too
   * long, though something was sent before.
   */
  static IOException reason(Hop hop) {
    IOException why = hop.cancelReason;
    return why instanceof HttpConnectTimeoutException && Sending.mayHaveSent(hop)
        ? new HttpTimeoutException(SentAttempt.TIMED_OUT)
        : why;
  }

  /** Ends the hop, by whoever drives it. */
  static void end(Hop hop) {
    IOException reason = reason(hop);
    if (!Sending.alone(hop)) {
      if (hop.first().result().isDone()) {
        return;
      }
      ClientInternals.markCancelled(hop.multi());
      Sending.breakOff(hop);
    }
    hop.call().cancel();
    hop.fail(reason);
  }
}
