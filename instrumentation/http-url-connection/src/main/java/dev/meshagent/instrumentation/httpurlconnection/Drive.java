package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.BlockingHop;
import dev.meshagent.spi.drive.Hedges;
import dev.meshagent.spi.drive.WrittenAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * One of the parts that a hop has between two points of the library, driven through the engine's
 * steps: what comes of it is a client of the library's. Its attempts and what answers them differ.
 * The connection that the application holds is kept no longer than a part takes.
 */
abstract class Drive extends BlockingHop<Object, HopHedges.Beside, Exception> {
  final Hop hop;
  final HttpURLConnection from;

  Drive(Hop hop, HttpURLConnection from) {
    super(hop.mesh, hop.call(), HttpUrlConnectionModule.NAME);
    this.hop = hop;
    this.from = from;
  }

  /** A client that reads an answer which no server sent. */
  abstract Object answered(byte[] answer) throws Exception;

  /** For the library's own method that connects, in ms. */
  int connectTimeoutMillis() {
    return hop.leftMillis(from);
  }

  /** Whether a client from the pool will do. */
  boolean pooled() {
    return true;
  }

  /** A client that is connected to the attempt's endpoint, before its handshake. */
  final Object connect(Attempt attempt) throws Exception {
    Pin pin = hop.pin(attempt);
    handsOver();
    return hop.connect(pin, from, connectTimeoutMillis(), pooled());
  }

  @Override
  protected void takenByMesh() {}

  @Override
  protected void leftByMesh() {}

  @Override
  protected Object synthesize(Step.Respond step) throws Exception {
    return answered(WrittenAnswer.of(step, hop.head.method()));
  }

  @Override
  protected Object synthesize(Step.Redirect step) throws Exception {
    return answered(WrittenAnswer.of(step));
  }

  @Override
  protected IOException exception(Step.Fail step, Failure last) {
    return Outcomes.exception(step, last);
  }

  @Override
  protected boolean isAborted() {
    return hop.isBrokenOff();
  }

  @Override
  protected IOException aborted(Throwable cause) {
    return cause == null
        ? new SocketException("Socket closed")
        : new InterruptedIOException("interrupted while waiting for " + hop.head.host());
  }

  /**
   * The application's read timeout, for the waits of all parts and what is waited for responses.
   */
  @Override
  protected long timeoutNanos() {
    int limit = from.getReadTimeout();
    return limit <= 0
        ? Long.MAX_VALUE
        : Math.max(1, TimeUnit.MILLISECONDS.toNanos(limit) - hop.waitedNanos());
  }

  /** Whether the application's connect timeout has passed, which bounds that of all attempts. */
  @Override
  protected boolean isOver() {
    int limit = from.getConnectTimeout();
    return limit > 0 && hop.connectingNanos() >= TimeUnit.MILLISECONDS.toNanos(limit);
  }

  /** Whether a body can be sent again does not depend on what was sent. */
  @Override
  protected void bodyMayBeSent() {}

  @Override
  protected Hedges<HopHedges.Beside> prepareHedges() {
    throw new IllegalStateException("only what waits for a response is hedged");
  }

  @Override
  protected Object taken(HopHedges.Beside won) throws Exception {
    throw new IllegalStateException("only what waits for a response is hedged");
  }
}
