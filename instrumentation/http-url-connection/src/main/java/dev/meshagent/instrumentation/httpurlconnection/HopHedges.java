package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Hedges;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** The attempts of a hop that run beside the one on the application's thread. */
final class HopHedges extends Hedges<HopHedges.Beside> {
  private static final Continuations CONTINUATIONS = new Continuations("HttpURLConnection");

  private final Receive hop;
  private final Object like;

  /**
   * @param like the client of the application's attempt
   */
  HopHedges(Receive hop, Object like) {
    super(hop.mesh, hop.call, HttpUrlConnectionModule.NAME, CONTINUATIONS);
    this.hop = hop;
    this.like = like;
  }

  @Override
  protected Beside aside(Attempt attempt) {
    return new Beside(attempt);
  }

  /** One of them. */
  final class Beside extends Hedges.Aside {
    private volatile SideExchange exchange;
    private volatile boolean over;
    private volatile boolean lost;

    Beside(Attempt attempt) {
      super(attempt);
    }

    @Override
    protected Outcome send() throws Exception {
      SideExchange own = hop.aside(attempt, like);
      exchange = own;
      if (lost) {
        own.breakOff();
      }
      long limit = Math.min(hop.leftOfTimeout(), attempt.timeoutNanos);
      Mesh.Timeout timer =
          limit == Long.MAX_VALUE
              ? null
              : hop.mesh.schedule(this::timedOut, limit, TimeUnit.NANOSECONDS);
      try {
        own.send();
      } finally {
        end(timer);
      }
      if (over) {
        throw new SocketTimeoutException("Read timed out");
      }
      int status = own.status();
      return status < 0
          ? Outcome.failure(Failure.OTHER, null)
          : Outcomes.response(status, own.response());
    }

    private synchronized void timedOut() {
      if (!lost) {
        over = true;
        exchange.breakOff();
      }
    }

    /** A timer that is late touches nothing any more. */
    private synchronized void end(Mesh.Timeout timer) {
      lost = true;
      if (timer != null) {
        timer.cancel();
      }
    }

    SideExchange exchange() {
      return exchange;
    }

    @Override
    protected Outcome failed(Exception failure) {
      SideExchange own = exchange;
      Failure kind = own == null ? Failure.OTHER : own.failure(failure);
      return hop.outcome(over ? Failure.TIMEOUT : kind, failure);
    }

    @Override
    protected void breakOff() {
      lost = true;
      SideExchange sending = exchange;
      if (sending != null) {
        sending.breakOff();
      }
    }

    @Override
    protected void drop() {
      exchange.breakOff();
    }
  }
}
