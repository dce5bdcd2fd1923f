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
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
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
final class AsyncTry implements AsyncExecCallback, AsyncExecChain, CancellableDependency {
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

  /** Whether another attempt of the call answers in its place. Guarded by the hop's lock. */
  boolean superseded;

  private final AsyncHop hop;
  private final AsyncExecRuntime runtime;
  private final AsyncExecChain chain;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final AtomicReference<Cancellable> dependency = new AtomicReference<>();
  private volatile boolean cancelled;

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
        this,
        beside ? SideContext.ofHedge(scope.clientContext) : scope.clientContext,
        runtime);
  }

  @Override
  public void proceed(
      HttpRequest request, AsyncEntityProducer producer, Scope scope, AsyncExecCallback callback)
      throws HttpException, IOException {
    connected = true;
    chain.proceed(request, producer, scope, callback);
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
        return hop.callback.handleResponse(response, entity);
      case RETRY:
        state.compareAndSet(State.RUNNING, State.DROPPED);
        break;
      default:
        state.compareAndSet(State.RUNNING, State.OVER);
    }
    if (entity == null) {
      return null;
    }
    timer = hop.after(Draining.PATIENCE_NANOS, this::leaveBody);
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
    if (hop.producer != null) {
      hop.producer.releaseResources();
    }
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
    if (runtime.getClass().getName().equals(SHARED)) {
      runtime.releaseEndpoint();
    } else {
      runtime.discardEndpoint();
    }
  }

  private void stopTimer() {
    Mesh.Timeout running = timer;
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public boolean cancel() {
    cancelled = true;
    Cancellable cancellable = dependency.getAndSet(null);
    return cancellable != null && cancellable.cancel();
  }

  @Override
  public void setDependency(Cancellable cancellable) {
    dependency.set(cancellable);
    if (cancelled && dependency.compareAndSet(cancellable, null)) {
      cancellable.cancel();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
