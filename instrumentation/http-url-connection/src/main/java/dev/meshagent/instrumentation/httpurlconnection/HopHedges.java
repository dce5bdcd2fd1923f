package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.Breakable;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Hedges;
import java.net.SocketTimeoutException;

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
    private final Breakable tried =
        new Breakable() {
          @Override
          protected void breakOff() {
            SideExchange sending = exchange;
            if (sending != null) {
              sending.breakOff();
            }
          }
        };
    private volatile SideExchange exchange;
    private boolean brokenOff;

    Beside(Attempt attempt) {
      super(attempt);
    }

    @Override
    protected Outcome send() throws Exception {
      SideExchange own = hop.aside(attempt, like);
      exchange = own;
      if (tried.isBrokenOff()) {
        own.breakOff();
      }
      tried.breakOffAfter(hop.mesh, Math.min(hop.leftOfTimeout(), attempt.timeoutNanos));
      try {
        own.send();
      } finally {
        brokenOff = tried.end();
      }
      if (brokenOff) {
        throw new SocketTimeoutException("Read timed out");
      }
      int status = own.status();
      return status < 0
          ? Outcome.failure(Failure.OTHER, null)
          : Outcomes.response(status, own.response());
    }

    SideExchange exchange() {
      return exchange;
    }

    @Override
    protected Outcome failed(Exception failure) {
      SideExchange own = exchange;
      Failure kind = own == null ? Failure.OTHER : own.failure(failure);
      return hop.outcome(brokenOff ? Failure.TIMEOUT : kind, failure);
    }

    @Override
    protected void breakOff() {
      tried.run();
    }

    @Override
    protected void drop() {
      exchange.breakOff();
    }
  }
}
