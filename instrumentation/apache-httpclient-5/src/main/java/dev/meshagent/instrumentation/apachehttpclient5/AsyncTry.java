package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;

/**
 * One attempt of an asynchronous client, which the library is given as callback. It gives its
 * connection back itself. The first attempt has the runtime, and so the connection, that the
 * library made for the hop; any further one has its own, so that what is left of a broken-off
 * attempt cannot disturb the next. Thread-safe.
 */
final class AsyncTry extends AsyncStages {
  private enum State {
    RUNNING,
    DELIVERED,
    DROPPED,
    OVER
  }

  private static final AtomicReferenceFieldUpdater<AsyncTry, State> STATE =
      AtomicReferenceFieldUpdater.newUpdater(AsyncTry.class, State.class, "state");

  final Attempt attempt;

  /** The limit of this attempt, then that of reading what is dropped; or null. */
  volatile Mesh.Timeout timer;

  /** The next of those that are under way at the same time; see {@link AsyncRunning}. */
  AsyncTry beside;

  private final AsyncHop hop;
  private volatile State state = State.RUNNING;

  AsyncTry(AsyncHop hop, Attempt attempt, AsyncExecRuntime runtime, AsyncExecChain chain) {
    super(runtime, chain);
    this.hop = hop;
    this.attempt = attempt;
  }

  /**
   * What the library sends by.
   *
   * @param hedging whether another attempt of the call is under way in the application's context
   */
  AsyncExecChain.Scope scope(HttpRoute route, boolean hedging) {
    AsyncExecChain.Scope scope = hop.scope;
    return new AsyncExecChain.Scope(
        scope.exchangeId,
        route,
        scope.originalRequest,
        this,
        hedging ? SideContext.ofHedge(scope.clientContext) : scope.clientContext,
        runtime);
  }

  @Override
  public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails entity)
      throws HttpException, IOException {
    stopTimer();
    Verdict verdict = hop.answered(this, response);
    switch (verdict) {
      case DELIVER:
        state = State.DELIVERED;
        hop.rewrite(attempt, response);
        AsyncDataConsumer consumer =
            AsyncAnswer.begin(hop.scope.clientContext, hop.callback, response, entity);
        return consumer == null || hop.request.producer != null || shared()
            ? consumer
            : new AsyncDelivery(consumer, runtime);
      case RETRY:
        STATE.compareAndSet(this, State.RUNNING, State.DROPPED);
        break;
      default:
        STATE.compareAndSet(this, State.RUNNING, State.OVER);
    }
    if (entity == null) {
      return null;
    }
    timer = hop.running.after(Draining.PATIENCE_NANOS, this::leaveBody);
    return new DroppedBody();
  }

  /** The body of a response that nobody wants does not end. */
  private void leaveBody() {
    State before = STATE.getAndSet(this, State.OVER);
    leave();
    if (before == State.DROPPED) {
      again();
    }
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    hop.callback.handleInformationResponse(response);
  }

  @Override
  public void completed() {
    stopTimer();
    State ended = STATE.getAndSet(this, State.OVER);
    runtime.releaseEndpoint();
    switch (ended) {
      case RUNNING:
      case DELIVERED:
        hop.released(this);
        hop.callback.completed();
        return;
      case DROPPED:
        again();
        return;
      default:
        return;
    }
  }

  @Override
  public void failed(Exception cause) {
    stopTimer();
    State ended = STATE.getAndSet(this, State.OVER);
    runtime.discardEndpoint();
    switch (ended) {
      case RUNNING:
        hop.failed(this, cause);
        return;
      case DELIVERED:
        hop.broken(this, cause);
        AsyncAnswer.fail(hop.scope.clientContext, hop.callback, cause);
        return;
      case DROPPED:
        again();
        return;
      default:
        return;
    }
  }

  private void again() {
    hop.request.rewind();
    hop.advance();
  }

  /** The attempt counts no more; its stream or connection ends at once. */
  void breakOff() {
    stopTimer();
    if (STATE.getAndSet(this, State.OVER) != State.OVER) {
      leave();
    }
  }

  private void stopTimer() {
    Mesh.Timeout running = timer;
    if (running != null) {
      running.cancel();
    }
  }
}
