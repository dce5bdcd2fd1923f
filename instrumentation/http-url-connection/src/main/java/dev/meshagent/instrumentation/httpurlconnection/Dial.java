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

  /** What came of connecting for the first attempt, or null where that is still to be done. */
  private Throwable failure;

  private Dial(
      Hop hop,
      HttpURLConnection from,
      boolean handshake,
      int connectTimeoutMillis,
      boolean pooled,
      Object begun,
      Throwable failure) {
    super(hop, from);
    this.handshake = handshake;
    this.connectTimeoutMillis = connectTimeoutMillis;
    this.pooled = pooled;
    this.begun = begun;
    this.failure = failure;
  }

  /**
   * A client for the first attempt; where it is for TLS, before its handshake.
   *
   * @param connectTimeoutMillis as the library's own method has it
   * @param pooled whether it may be one from the pool
   * @param failure what came of connecting, or null where that is still to be done
   */
  static Dial first(
      Hop hop,
      HttpURLConnection from,
      int connectTimeoutMillis,
      boolean pooled,
      Throwable failure) {
    return new Dial(hop, from, false, connectTimeoutMillis, pooled, null, failure);
  }

  /**
   * A client that has made its handshake.
   *
   * @param begun the one that is about to make it
   */
  static Dial shakingHands(Hop hop, HttpURLConnection from, Object begun) {
    return new Dial(hop, from, true, 0, true, begun, null);
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
    return handshake ? hop.passed(from) : PASSED;
  }

  @Override
  Object answered(byte[] answer) throws Exception {
    Object client = hop.answer(answer, from, connectTimeoutMillis());
    if (handshake) {
      ClientInternals.sessionless(client);
    }
    return client;
  }

  private Exception began() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    return (Exception) thrown;
  }

  @Override
  protected Object send(Attempt attempt) throws Exception {
    try {
      if (failure != null) {
        handsOver();
        throw began();
      }
      Object client = begun;
      begun = null;
      if (client == null) {
        client = connect(attempt);
      }
      handsOver();
      if (handshake) {
        hop.makeHandshake(client, attempt);
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
