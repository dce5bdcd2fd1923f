package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.io.IOException;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * A copy of a request, sent aside without waiting and with its answer thrown away. Of a request
 * with a body it is a {@link RequestCopy}, sent once that is whole; of another the application's
 * function is asked once more.
 */
final class Mirror implements Course, ConnectionObserver {
  private final Mesh mesh;
  private final MeshCall call;
  private final Attempt attempt;
  private final Exchange exchange;
  private final RequestView head;
  private final RequestCopy copy;

  private Mirror(
      Mesh mesh,
      MeshCall call,
      Attempt attempt,
      Exchange exchange,
      RequestView head,
      RequestCopy copy) {
    this.mesh = mesh;
    this.call = call;
    this.attempt = attempt;
    this.exchange = exchange;
    this.head = head;
    this.copy = copy;
  }

  /**
   * @param copy null for a request without a body
   */
  static void send(
      Mesh mesh, MeshCall call, Attempt of, Exchange exchange, RequestView head, RequestCopy copy) {
    for (Attempt attempt : of.mirrors()) {
      Mirror mirror = new Mirror(mesh, call, attempt, exchange, head, copy);
      if (copy == null) {
        mirror.start();
      } else {
        copy.whenKnown(mirror::start, () -> mirror.finish(Outcome.failure(Failure.OTHER, null)));
      }
    }
  }

  private void start() {
    try {
      new Try(this, attempt, this, copy).start(exchange, mesh, Copies.limitNanos(attempt));
    } catch (IOException | RuntimeException | LinkageError e) {
      finish(Outcome.failure(Failure.OTHER, e));
    }
  }

  private void finish(Outcome outcome) {
    call.finish(attempt, outcome);
    call.release(attempt);
  }

  @Override
  public String host() {
    return head.host();
  }

  @Override
  public boolean follows(Connection operations, Attempt of) {
    return true;
  }

  @Override
  public void answered(Try answered, Connection operations) {
    if (answered.end()) {
      finish(Outcomes.response(operations));
      answered.drain(mesh, Copies.DEFAULT_LIMIT_NANOS);
    }
  }

  @Override
  public void broken(Try broken, Connection operations, Throwable error) {
    if (broken.end()) {
      finish(Outcome.failure(Failure.OTHER, error));
      broken.dispose();
    }
  }

  @Override
  public void timedOut(Try late, boolean connecting) {
    if ((!connecting || !late.connected()) && late.end()) {
      finish(Outcome.failure(Failure.TIMEOUT, null));
      late.dispose();
    }
  }

  @Override
  public void bodyBroken(Try broken, Failure failure, Throwable cause) {
    // Nothing of it was delivered.
  }

  @Override
  public void released(Try released) {
    // Nothing of it was delivered.
  }

  @Override
  public Context currentContext() {
    return exchange.observer.currentContext();
  }

  @Override
  public void onStateChange(Connection connection, State state) {
    if (state == State.CONFIGURED || state == HttpClientState.STREAM_CONFIGURED) {
      Mono.defer(() -> Mono.fromDirect(exchange.send(connection)))
          .subscribe(connection.disposeSubscriber());
    }
  }
}
