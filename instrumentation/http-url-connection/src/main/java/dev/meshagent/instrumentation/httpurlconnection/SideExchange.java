package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.net.URL;

/**
 * A request that is sent beside the one of the application's thread, over a client of its own and
 * with a connection that no application sees: cookies are not kept, nobody is asked for
 * credentials. Of one thread, but for {@link #breakOff}.
 */
final class SideExchange {
  private final URL url;
  private final Object like;
  private final Object head;
  private final Object body;
  private final Pin pin;
  private volatile Object client;
  private volatile boolean brokenOff;
  private volatile boolean connected;
  private Object response;

  /**
   * @param like the client of the application's attempt
   * @param head of the request, for this attempt
   * @param body the library's copy of its body, or null
   * @param connectLimitNanos {@link Long#MAX_VALUE} for the application's
   */
  SideExchange(
      Attempt attempt, URL url, Object like, Object head, Object body, long connectLimitNanos) {
    this.url = url;
    this.like = like;
    this.head = head;
    this.body = body;
    this.pin = Place.pin(attempt, url, connectLimitNanos);
  }

  /** Sends; returns at the head of the response. */
  void send() throws Exception {
    client = dial();
    if (brokenOff) {
      ClientInternals.cut(client);
    }
    ClientInternals.shakeHands(client);
    connected = true;
    ClientInternals.write(client, head, body);
    response = Heads.empty();
    Object from = ClientInternals.connectionAside(url);
    ClientInternals.failedOnce(client, true);
    ClientInternals.parse(client, response, null, from);
  }

  private Object dial() throws Exception {
    Hops.pin(pin);
    try {
      Object dialled = ClientInternals.dialLike(like, url);
      Hops.CONNECTIONS.used(dialled, pin.poolKey, null);
      return dialled;
    } finally {
      Hops.dialled();
    }
  }

  /** What it means that {@link #send} threw this. */
  Failure failure(Exception thrown) {
    return connected || !(thrown instanceof IOException)
        ? Outcomes.receiving(thrown)
        : Outcomes.connecting(thrown);
  }

  /** What it was sent over. */
  Object client() {
    return client;
  }

  URL poolKey() {
    return pin.poolKey;
  }

  /** The head of its response. */
  Object response() {
    return response;
  }

  int status() throws Exception {
    return Heads.status(response);
  }

  /** Makes {@link #send}, or reading the response, end soon. From any thread. */
  void breakOff() {
    brokenOff = true;
    Object dialled = client;
    if (dialled != null) {
      ClientInternals.cut(dialled);
    }
  }
}
