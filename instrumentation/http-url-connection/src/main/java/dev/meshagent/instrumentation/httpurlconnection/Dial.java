package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.HttpURLConnection;

/** The part of a hop until it is connected: to an endpoint, or to an answer. */
final class Dial extends Drive {
  /** What the library is to go on without a client of ours for. */
  static final Object PASSED = new Object();

  private final boolean handshake;

  /** As the library's own method has it; of no use for a handshake. */
  private final int connectTimeoutMillis;

  private final boolean pooled;
  private Object begun;

  private Dial(
      Hop hop,
      HttpURLConnection from,
      boolean handshake,
      int connectTimeoutMillis,
      boolean pooled,
      Object begun) {
    super(hop, from);
    this.handshake = handshake;
    this.connectTimeoutMillis = connectTimeoutMillis;
    this.pooled = pooled;
    this.begun = begun;
  }

  /**
   * A client for the first attempt; where it is for TLS, before its handshake.
   *
   * @param connectTimeoutMillis as the library's own method has it
   * @param pooled whether it may be one from the pool
   */
  static Dial first(Hop hop, HttpURLConnection from, int connectTimeoutMillis, boolean pooled) {
    return new Dial(hop, from, false, connectTimeoutMillis, pooled, null);
  }

  /**
   * A client that has made its handshake.
   *
   * @param begun the one that is about to make it
   */
  static Dial shakingHands(Hop hop, HttpURLConnection from, Object begun) {
    return new Dial(hop, from, true, 0, true, begun);
  }

  @Override
  int connectTimeoutMillis() {
    return handshake ? super.connectTimeoutMillis() : connectTimeoutMillis;
  }

  @Override
  boolean pooled() {
    return pooled;
  }

  @Override
  protected Object pass() throws Exception {
    hop.leaves();
    return handshake ? hop.connector().passed(from) : PASSED;
  }

  @Override
  Object answered(byte[] answer) throws Exception {
    Object client = hop.connector().answer(answer, from, connectTimeoutMillis());
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
        client = connect(attempt);
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
