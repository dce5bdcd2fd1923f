package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;

/**
 * The attempts of a hop under way: one after the other over the client's own exchange, or beside
 * one another ({@link Rivals}) where the first of them may be hedged.
 */
final class Sending {
  private final Hop hop;

  /** Null where one attempt runs at a time. */
  private volatile Rivals rivals;

  private int attempts;

  Sending(Hop hop) {
    this.hop = hop;
  }

  /** How many attempts were sent, or were about to be. */
  int attempts() {
    return attempts;
  }

  /** Whether one attempt runs at a time. */
  boolean alone() {
    return rivals == null;
  }

  /** Whether no attempt is under way beside the one that is looked at. */
  boolean none() {
    return rivals == null || rivals.none();
  }

  /** Runs what drives the hop; where several threads may want to, one after the other. */
  void inTurn(Runnable event) {
    Rivals beside = rivals;
    if (beside == null) {
      event.run();
    } else {
      beside.inTurn(event);
    }
  }

  void send(Attempt next) {
    if (++attempts > 1) {
      sendFurther(next);
      return;
    }
    Leg first = hop.first();
    MirrorCall.send(hop.mesh(), hop.call(), next, first.exchange());
    if (!Rivals.wanted(next, hop)) {
      first.send(next);
      return;
    }
    Rivals beside = new Rivals(hop.mesh(), hop);
    rivals = beside;
    beside.inTurn(
        () -> {
          beside.first(first, next);
          hop.awaitHedge(next);
        });
  }

  private void sendFurther(Attempt next) {
    if (rivals == null) {
      hop.first().send(next);
    } else {
      rivals.beside(next);
      hop.awaitHedge(next);
    }
  }

  /** An attempt ended, by a response or a failure. */
  void ended(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    Rivals beside = rivals;
    if (beside == null) {
      Judge.judge(hop, leg, ended, response, thrown, timedOut);
    } else {
      beside.inTurn(
          () -> {
            if (beside.ended(leg)) {
              Judge.judge(hop, leg, ended, response, thrown, timedOut);
            }
          });
    }
  }

  /** Nobody wants what is under way any more. */
  void breakOff() {
    if (rivals != null) {
      rivals.breakOff();
    }
  }
}
