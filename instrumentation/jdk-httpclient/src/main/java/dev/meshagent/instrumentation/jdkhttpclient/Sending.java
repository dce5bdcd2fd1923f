package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;

/**
 * The attempts of a hop under way: one after the other over the client's own exchange, or beside
 * one another ({@link Rivals}) where the first of them may be hedged. Stateless.
 */
final class Sending {
  private Sending() {}

  /** Whether one attempt runs at a time. */
  static boolean alone(Hop hop) {
    return hop.rivals == null;
  }

  /** Whether no attempt is under way beside the one that is looked at. */
  static boolean none(Hop hop) {
    Rivals beside = hop.rivals;
    return beside == null || beside.none();
  }

  /** Runs what drives the hop; where several threads may want to, one after the other. */
  static void inTurn(Hop hop, Runnable event) {
    Rivals beside = hop.rivals;
    if (beside == null) {
      event.run();
    } else {
      beside.inTurn(event);
    }
  }

  /** Whether any attempt so far may have sent something. For whoever drives the hop. */
  static boolean mayHaveSent(Hop hop) {
    Rivals beside = hop.rivals;
    return hop.head().bodyMayBeSent || beside != null && beside.connected();
  }

  static void send(Hop hop, Attempt next) {
    if (++hop.attempts > 1) {
      sendFurther(hop, next);
      return;
    }
    Leg first = hop.first();
    MirrorCall.send(hop.mesh(), hop.call(), next, first.exchange());
    if (!Rivals.wanted(next, hop)) {
      first.send(next);
      return;
    }
    Rivals beside = new Rivals(hop.mesh(), hop);
    hop.rivals = beside;
    beside.inTurn(
        () -> {
          beside.first(first, next);
          hop.awaitHedge(next);
        });
  }

  private static void sendFurther(Hop hop, Attempt next) {
    Rivals beside = hop.rivals;
    if (beside == null) {
      hop.first().send(next);
    } else {
      beside.beside(next);
      hop.awaitHedge(next);
    }
  }

  /** An attempt ended, by a response or a failure. */
  static void ended(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    Hop hop = leg.hop();
    Rivals beside = hop.rivals;
    if (beside == null) {
      Judge.judge(leg, ended, response, thrown, timedOut);
    } else {
      beside.inTurn(
          () -> {
            if (beside.ended(leg)) {
              Judge.judge(leg, ended, response, thrown, timedOut);
            }
          });
    }
  }

  /** Nobody wants what is under way any more. */
  static void breakOff(Hop hop) {
    Rivals beside = hop.rivals;
    if (beside != null) {
      beside.breakOff();
    }
  }
}
