package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import reactor.netty.Connection;

/**
 * What becomes of a hop's attempts when they end: tells the engine how, and does as it says. Called
 * on any thread; what it decides is a task of its hop.
 */
final class Endings implements Course {
  private final Hop hop;

  /** Used by the hop's tasks alone. */
  private Failure lastFailure = Failure.NONE;

  Endings(Hop hop) {
    this.hop = hop;
  }

  /** How the last attempt failed, for a task of the hop; NONE if none has. */
  Failure lastFailure() {
    return lastFailure;
  }

  @Override
  public String host() {
    return hop.head.host();
  }

  @Override
  public boolean follows(Connection operations, Attempt attempt) {
    return hop.head.copy.follows(operations, attempt);
  }

  @Override
  public void answered(Try answered, Connection operations) {
    hop.run(
        () -> {
          if (!hop.over(answered)) {
            judge(answered, operations, null);
          }
        });
  }

  /**
   * @param error what the library makes another exchange of, or null to deliver the response
   */
  private void judge(Try answered, Connection operations, Throwable error) throws Exception {
    hop.head.bodyMayBeSent |= answered.hasBody();
    Verdict verdict = hop.finish(answered, Outcomes.response(operations));
    if (verdict != Verdict.DELIVER) {
      if (error == null) {
        hop.drop(answered);
      }
      if (verdict == Verdict.RETRY) {
        hop.again();
      }
      return;
    }
    hop.end();
    if (error != null) {
      answered.deliver(operations, error);
      return;
    }
    answered.deliver(operations);
    if (hop.exchange.config.websocketClientSpec() != null) {
      answered.released();
    }
  }

  @Override
  public void broken(Try broken, Connection operations, Throwable error) {
    hop.run(
        () -> {
          if (hop.over(broken)) {
            return;
          }
          if (Outcomes.isResponse(operations)) {
            judge(broken, operations, error);
          } else {
            failed(broken, operations, error);
          }
        });
  }

  private void failed(Try broken, Connection operations, Throwable error) throws Exception {
    boolean connected = broken.connected();
    lastFailure = connected ? Outcomes.receiving(error) : Outcomes.connecting(error);
    noteSent(broken);
    boolean applications = connected && lastFailure == Failure.TIMEOUT;
    Verdict verdict =
        hop.finish(
            broken,
            applications ? Outcome.last(lastFailure, error) : Outcome.failure(lastFailure, error));
    if (verdict == Verdict.RETRY && !applications) {
      broken.dispose();
      hop.again();
      return;
    }
    if (verdict == Verdict.DISCARD) {
      return;
    }
    hop.end();
    if (applications) {
      hop.abandon(lastFailure);
    }
    if (hop.begun() > 1 || !connected) {
      // The library would try once more by itself; the mesh has tried what it was allowed to.
      Internals.noRetry(hop.exchange.handler);
    }
    if (operations == null) {
      hop.fail(error);
    } else {
      hop.exchange.observer.onUncaughtException(operations, error);
    }
  }

  /** An attempt ended without a response: what another may still send. */
  private void noteSent(Try ended) {
    if (ended.sent()) {
      hop.head.bodyMayBeSent |= ended.hasBody();
    } else if (hop.head.copy != null) {
      hop.head.copy.unwritten(ended.operations());
    }
  }

  @Override
  public void timedOut(Try late, boolean connecting) {
    hop.run(
        () -> {
          boolean connected = late.connected();
          if (connecting && connected || hop.over(late)) {
            return;
          }
          noteSent(late);
          late.dispose();
          lastFailure = connected ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
          Throwable error =
              connected
                  ? ReadTimeoutException.INSTANCE
                  : new ConnectTimeoutException("connection timed out: " + hop.head.host());
          if (hop.finish(late, Outcome.failure(lastFailure, error)) == Verdict.RETRY) {
            hop.again();
          } else {
            hop.fail(error);
          }
        });
  }

  @Override
  public void bodyBroken(Try broken, Failure failure, Throwable cause) {
    hop.bodyBroken(broken, failure, cause);
  }

  @Override
  public void released(Try released) {
    hop.release(released);
  }
}
