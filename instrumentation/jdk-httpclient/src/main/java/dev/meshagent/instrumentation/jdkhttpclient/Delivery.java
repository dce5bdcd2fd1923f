package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.WebSocketHandshakeException;

/**
 * By which exchange the client gets the answer of a hop: the one that it began, or that over which
 * the response came. For whoever drives the hop. Stateless.
 */
final class Delivery {
  private Delivery() {}

  /** Hands up the response that came over the leg. */
  static void response(Leg leg, Object response) {
    Hop hop = leg.hop();
    if (leg != hop.current) {
      handOver(leg);
    }
    Leg first = hop.first();
    Object delivered = leg.deliver(response);
    if (ClientInternals.webSocket(first.request()) || hop.cancelReason != null) {
      Hops.remove(hop);
      leg.release();
    }
    first.result().complete(delivered);
  }

  /** Gives the client the exchange that brought the response for the one that it has. */
  private static void handOver(Leg winner) {
    Hop hop = winner.hop();
    Leg before = hop.current;
    hop.current = winner;
    ClientInternals.setExchange(hop.multi(), winner.exchange());
    ClientInternals.noSecondTry(hop.multi());
    if (before != hop.first()) {
      Hops.remove(before);
    }
    winner.endCompanion();
    IOException reason = hop.cancelReason;
    if (reason != null) {
      // The client broke off what it had until now.
      ClientInternals.cancel(winner.exchange(), reason);
    }
  }

  /** Hands up an answer that no server sent. */
  static void answer(Hop hop, SyntheticAnswer answer) {
    Leg first = hop.first();
    Object response = ClientInternals.response(first.exchange(), answer.status(), answer.headers());
    if (ClientInternals.webSocket(first.request())) {
      hop.fail(refused(first.exchange(), response, answer));
      return;
    }
    first.delivers(answer);
    first.result().complete(response);
  }

  /**
   * What the client makes of a WebSocket's handshake that a server answers otherwise. By itself it
   * could not here: it begins with closing the connection, and there is none.
   */
  private static IOException refused(Object exchange, Object response, SyntheticAnswer answer) {
    Object body = answer.body(ClientInternals.handler(ClientInternals.multi(exchange))).join();
    return new WebSocketHandshakeException(ClientInternals.wholeResponse(exchange, response, body))
        .initCause(
            new ProtocolException(
                "the mesh answered the handshake with status " + answer.status()));
  }

  /** Hands up the response of the client's own exchange without looking at it. */
  static void asItCame(Hop hop, Object response) {
    hop.first().deliversAsItCame();
    hop.first().result().complete(response);
  }
}
