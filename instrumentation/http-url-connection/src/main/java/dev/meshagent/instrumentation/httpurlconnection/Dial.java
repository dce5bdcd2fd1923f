package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.HttpURLConnection;

/** The part of a hop until it is connected: to an endpoint, or to an answer. */
final class Dial extends Drive {
  /** What the library is to go on without a client of ours for. */
  static final Object PASSED = new Object();

  private final boolean secure;

  /** Of the library's own method; null for a handshake. */
  private final Object[] arguments;

  private Object begun;

  private Dial(Hop hop, HttpURLConnection from, boolean secure, Object[] arguments, Object begun) {
    super(hop, from);
    this.secure = secure;
    this.arguments = arguments;
    this.begun = begun;
  }

  /**
   * A client for the first attempt; where it is for TLS, before its handshake.
   *
   * @param arguments of the library's own method
   */
  static Dial first(Hop hop, HttpURLConnection from, boolean secure, Object[] arguments) {
    return new Dial(hop, from, secure, arguments, null);
  }

  /**
   * A client that has made its handshake.
   *
   * @param begun the one that is about to make it
   */
  static Dial shakingHands(Hop hop, HttpURLConnection from, Object begun) {
    return new Dial(hop, from, true, null, begun);
  }

  private boolean isHandshake() {
    return arguments == null;
  }

  @Override
  public Object dial() throws Exception {
    return isHandshake()
        ? hop.connector().dialAgain(from)
        : ClientInternals.dial(secure, arguments);
  }

  @Override
  protected Object pass() throws Exception {
    hop.leaves();
    return isHandshake() ? hop.connector().passed(from) : PASSED;
  }

  @Override
  Object answered(byte[] answer) throws Exception {
    Object client = hop.connector().answer(answer, this);
    if (isHandshake()) {
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
      if (isHandshake()) {
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
