package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.Hedges;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;

/**
 * The part of a hop in which the library waits for the response: reads it, and where the engine
 * says so sends the request again. What comes of it is the client over which the answer came.
 */
final class Receive extends Drive {
  private final Object response;
  private final Object progress;
  private Object begun;
  private Object current;
  private IOException broken;

  /**
   * @param response the head to be read
   * @param progress what listens to it; null for nothing
   * @param begun the client that the request was written over, or null to send it
   */
  Receive(Hop hop, HttpURLConnection from, Object response, Object progress, Object begun) {
    super(hop, from);
    this.response = response;
    this.progress = progress;
    this.begun = begun;
  }

  /** What the library itself threw last, or null. */
  IOException broken() {
    return broken;
  }

  @Override
  protected Object pass() throws Exception {
    hop.leaves();
    Object client = hop.passed(from);
    hop.writeAgain(client, from, response);
    hop.parse(client, response, progress, from);
    return client;
  }

  @Override
  Object answered(byte[] answer) throws Exception {
    Object client = hop.answer(answer, from, connectTimeoutMillis());
    if (ClientInternals.secure(client)) {
      ClientInternals.sessionless(client);
    }
    hop.writeAgain(client, from, response);
    hop.parse(client, response, progress, from);
    return client;
  }

  @Override
  protected Object send(Attempt attempt) throws Exception {
    Object client = begun;
    begun = null;
    if (client != null) {
      handsOver(); // The request is on its way.
    }
    try {
      if (client == null) {
        if (isAborted()) {
          throw aborted(null);
        }
        client = connect(attempt);
        if (ClientInternals.secure(client)) {
          hop.makeHandshake(client, attempt);
        }
        hop.writeAgain(client, from, response);
      }
    } catch (IOException e) {
      failed(attempt, Outcomes.connecting(e), e, true, null);
      return null;
    } catch (RuntimeException e) {
      failed(attempt, Failure.OTHER, e, true, null);
      return null;
    }
    long left = hop.waitedNanos() > 0 ? leftOfTimeout() : left();
    Object answered = received(attempt, client, left, ClientInternals.pooled(client));
    if (answered == null) {
      // Should there be no answer at all, the application must not find this one's status.
      Heads.clear(response);
    }
    return answered;
  }

  private Object received(Attempt attempt, Object client, long left, boolean kept)
      throws Exception {
    current = client;
    IOException failure = null;
    TimeLimit limit = hop.limit(client, attempt, left);
    if (hop.head.repeatable()) {
      hedge(attempt, limit);
    }
    try {
      ClientInternals.failedOnce(client, true);
      hop.parse(client, response, progress, from);
    } catch (IOException e) {
      failure = e;
    } catch (Hop.Thrown e) {
      hop.limitEnds();
      failed(attempt, Failure.OTHER, e, false, null);
      return null;
    }
    if (hop.limitEnds()) {
      hop.discard(client);
      Heads.clear(response);
      failed(attempt, null, failure, false, hop.isBrokenOff() ? null : limit(left, attempt));
      return null;
    }
    if (failure == null) {
      return judged(attempt, client);
    }
    Hops.CONNECTIONS.unused(client);
    if (kept && !hop.isBrokenOff() && hop.libraryWouldRetry(failure)) {
      return replaced(attempt, left);
    }
    broken = failure;
    failed(attempt, Outcomes.receiving(failure), failure, false, null);
    return null;
  }

  /**
   * Over a new connection to the same endpoint in place of a kept one that the server had closed,
   * which says nothing about the endpoint.
   */
  private Object replaced(Attempt attempt, long left) throws Exception {
    Object client;
    try {
      client = hop.connectAnew(attempt, from);
      hop.writeAgain(client, from, response);
    } catch (ConnectException | SocketTimeoutException e) {
      failed(attempt, Outcomes.connecting(e), e, true, null);
      return null;
    }
    return received(attempt, client, left, false);
  }

  private Object judged(Attempt attempt, Object client) throws Exception {
    int status = Heads.status(response);
    Outcome outcome =
        status < 0 ? Outcome.failure(Failure.OTHER, null) : Outcomes.response(status, response);
    if (wanted(attempt, outcome)) {
      hop.deliver(client, attempt, response);
      return client;
    }
    Bodies.drop(mesh, client, hop.head.method(), status, response);
    return null;
  }

  /** A hedge's exchange, which sends what the library wrote. */
  SideExchange aside(Attempt attempt, Object like) throws Exception {
    return hop.aside(attempt, like);
  }

  @Override
  protected Hedges<HopHedges.Beside> prepareHedges() {
    return new HopHedges(this, current);
  }

  @Override
  protected Object taken(HopHedges.Beside won) throws Exception {
    SideExchange exchange = won.exchange();
    Heads.clear(response);
    Heads.append(exchange.response(), response);
    ClientInternals.keepCookies(from, hop.head.url(), response);
    Hops.CONNECTIONS.used(exchange.client(), exchange.poolKey(), hop);
    hop.deliver(exchange.client(), won.attempt, response);
    return exchange.client();
  }
}
