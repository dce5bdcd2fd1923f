package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/**
 * One attempt of an asynchronous client: what the library is given as rest of the chain, as
 * callback and as what to cancel. It has a runtime, and so a connection, of its own, which it gives
 * back itself: what is left of a broken-off attempt cannot disturb the next. Thread-safe.
 */
final class AsyncTry implements AsyncExecCallback, AsyncExecChain {
  /** HTTP/2 streams share a connection, which must outlive one of them. */
  private static final String SHARED =
      "org.apache.hc.client5.http.impl.async.InternalH2AsyncExecRuntime";

  private enum State {
    RUNNING,
    DELIVERED,
    DROPPED,
    OVER
  }

  final Attempt attempt;

  /** The limit of this attempt, then that of reading what is dropped; or null. */
  volatile Mesh.Timeout timer;

  /** Whether the rest of the chain, which sends, was reached. */
  volatile boolean connected;

  private final AsyncHop hop;
  private final AsyncExecRuntime runtime;
  private final AsyncExecChain chain;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

  /** To cancel while there is no connection. */
  private final AsyncCancellation connecting = new AsyncCancellation();

  /** To cancel from then on. */
  private final AsyncCancellation exchanging = new AsyncCancellation();

  AsyncTry(AsyncHop hop, Attempt attempt, AsyncExecRuntime runtime, AsyncExecChain chain) {
    this.hop = hop;
    this.attempt = attempt;
    this.runtime = runtime;
    this.chain = chain;
  }

  /**
   * What the library sends by.
   *
   * @param beside whether another attempt of the call is under way in the application's context
   */
  AsyncExecChain.Scope scope(HttpRoute route, boolean beside) {
    AsyncExecChain.Scope scope = hop.scope;
    return new AsyncExecChain.Scope(
        scope.exchangeId,
        route,
        scope.originalRequest,
        connecting,
        beside ? SideContext.ofHedge(scope.clientContext) : scope.clientContext,
        runtime);
  }

  @Override
  public void proceed(
      HttpRequest request, AsyncEntityProducer producer, Scope scope, AsyncExecCallback callback)
      throws HttpException, IOException {
    connected = true;
    chain.proceed(
        request,
        producer,
        new Scope(
            scope.exchangeId,
            scope.route,
            scope.originalRequest,
            exchanging,
            scope.clientContext,
            scope.execRuntime),
        callback);
  }

  @Override
  public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails entity)
      throws HttpException, IOException {
    stopTimer();
    Verdict verdict = hop.answered(this, response);
    switch (verdict) {
      case DELIVER:
        state.set(State.DELIVERED);
        Rewriting.apply(attempt.responseHeaders(), response);
        AsyncDataConsumer consumer = hop.callback.handleResponse(response, entity);
        return consumer == null || hop.producer != null || shared()
            ? consumer
            : new AsyncDelivery(consumer, runtime);
      case RETRY:
        state.compareAndSet(State.RUNNING, State.DROPPED);
        break;
      default:
        state.compareAndSet(State.RUNNING, State.OVER);
    }
    if (entity == null) {
      return null;
    }
    timer = hop.waits.after(Draining.PATIENCE_NANOS, this::leaveBody);
    return new DroppedBody();
  }

  /** The body of a response that nobody wants does not end. */
  private void leaveBody() {
    State before = state.getAndSet(State.OVER);
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
    State ended = state.getAndSet(State.OVER);
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
    State ended = state.getAndSet(State.OVER);
    runtime.discardEndpoint();
    switch (ended) {
      case RUNNING:
        hop.failed(this, cause);
        return;
      case DELIVERED:
        hop.released(this);
        hop.callback.failed(cause);
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
    if (state.getAndSet(State.OVER) != State.OVER) {
      leave();
    }
  }

  private void leave() {
    cancel();
    if (shared()) {
      runtime.releaseEndpoint();
    } else {
      runtime.discardEndpoint();
    }
  }

  private boolean shared() {
    return runtime.getClass().getName().equals(SHARED);
  }

  private void stopTimer() {
    Mesh.Timeout running = timer;
    if (running != null) {
      running.cancel();
    }
  }

  /** Whatever is under way ends; the library tells when. */
  void cancel() {
    connecting.cancel();
    exchanging.cancel();
  }
}
