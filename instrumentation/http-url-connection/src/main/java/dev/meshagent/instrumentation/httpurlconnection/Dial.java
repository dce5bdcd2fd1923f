package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.HttpURLConnection;

/** The part of a hop until it is connected: to an endpoint, or to an answer. */
final class Dial extends Drive {
  /** What the library is to go on without a client of ours for. */
  static final Object PASSED = new Object();

  private final Connector.Dialling dialling;
  private final boolean handshake;
  private Object begun;

  private Dial(
      Hop hop,
      HttpURLConnection from,
      Connector.Dialling dialling,
      boolean handshake,
      Object begun) {
    super(hop, from);
    this.dialling = dialling;
    this.handshake = handshake;
    this.begun = begun;
  }

  /** A client for the first attempt; where it is for TLS, before its handshake. */
  static Dial first(Hop hop, HttpURLConnection from, Connector.Dialling dialling) {
    return new Dial(hop, from, dialling, false, null);
  }

  /**
   * A client that has made its handshake.
   *
   * @param begun the one that is about to make it
   */
  static Dial shakingHands(Hop hop, HttpURLConnection from, Object begun) {
    return new Dial(hop, from, () -> hop.connector().dialAgain(from), true, begun);
  }

  @Override
  protected Object pass() throws Exception {
    hop.leaves();
    return handshake ? hop.connector().passed(from) : PASSED;
  }

  @Override
  Object answered(byte[] answer) throws Exception {
    Object client = hop.connector().answer(answer, dialling);
    if (handshake) {
      ClientInternals.sessionless(client);
    }
    return client;
  }

  @Override
  protected Object send(Attempt attempt) throws Exception {
    try {
      Object client = begun;
      begun = null;
      if (client == null) {
        client = connect(attempt, dialling);
      }
      handsOver();
      if (handshake) {
        hop.connector().makeHandshake(client, attempt);
      }
      return client;
    } catch (IOException e) {
      failed(attempt, Outcomes.connecting(e), e, true, null);
    } catch (RuntimeException e) {
      failed(attempt, Failure.OTHER, e, true, null);
    }
    return null;
  }
}
