package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.IOException;

/**
 * By which exchange the client gets the answer of a hop: the one that it began, or that over which
 * the response came. For whoever drives the hop, but for {@link #current} and {@link #readOver}.
 */
final class Delivery {
  private final Hop hop;

  /** Over the exchange that the client has for its call by now. */
  private volatile Leg current;

  /** By which exchange the client knows the response, or null. */
  private volatile Object readOver;

  Delivery(Hop hop) {
    this.hop = hop;
    this.current = hop.first();
  }

  Leg current() {
    return current;
  }

  /** The body is read over that exchange; the client knows the response by the first such. */
  void readsOver(Object exchange) {
    if (readOver == null) {
      readOver = exchange;
    }
  }

  Object readOver() {
    return readOver;
  }

  /** Hands up the response that came over the leg. */
  void response(Leg leg, Object response) {
    if (leg != current) {
      handOver(leg);
    }
    Leg first = hop.first();
    Object delivered = leg.deliver(response);
    if (ClientInternals.webSocket(first.request()) || hop.cancelReason() != null) {
      Hops.remove(hop);
      leg.release();
    }
    first.result().complete(delivered);
  }

  /** Gives the client the exchange that brought the response for the one that it has. */
  private void handOver(Leg winner) {
    Leg before = current;
    current = winner;
    ClientInternals.setExchange(hop.multi(), winner.exchange());
    ClientInternals.noSecondTry(hop.multi());
    if (before != hop.first()) {
      Hops.remove(before);
    }
    winner.endCompanion();
    IOException reason = hop.cancelReason();
    if (reason != null) {
      // The client broke off what it had until now.
      ClientInternals.cancel(winner.exchange(), reason);
    }
  }

  /** Hands up an answer that no server sent. */
  void answer(SyntheticAnswer answer) {
    Leg first = hop.first();
    first.delivers(answer);
    first
        .result()
        .complete(ClientInternals.response(first.exchange(), answer.status(), answer.headers()));
  }

  /** Hands up the response of the client's own exchange without looking at it. */
  void asItCame(Object response) {
    hop.first().deliversAsItCame();
    hop.first().result().complete(response);
  }
}
