package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/**
 * The stages of one exchange: a connection is leased, connected where it is new, and sent over. It
 * is the rest of the chain as the library is given it, and what to cancel; what it is for says what
 * the library is to call back. Thread-safe.
 *
 * <p>The library tells what to cancel of a stage when it has begun it, and if that goes on at once,
 * over a kept connection or on a fast thread, tells of the later stage first. So a stage never
 * takes the place of another; there are three at most.
 */
abstract class AsyncStages implements AsyncExecChain, AsyncExecCallback, CancellableDependency {
  /** HTTP/2 streams share a connection, which must outlive one of them. */
  private static final String SHARED =
      "org.apache.hc.client5.http.impl.async.InternalH2AsyncExecRuntime";

  /** Leases its connection, and is no other exchange's of the hop. */
  final AsyncExecRuntime runtime;

  private final AsyncExecChain chain;
  private volatile boolean connected;

  /** From here on under the monitor. */
  private Cancellable first;

  private Cancellable second;
  private Cancellable third;
  private boolean cancelled;

  AsyncStages(AsyncExecRuntime runtime, AsyncExecChain chain) {
    this.runtime = runtime;
    this.chain = chain;
  }

  /** Whether the rest of the chain, which sends, was reached. */
  final boolean connected() {
    return connected;
  }

  /** Whether the connection is one that other exchanges use, too. */
  final boolean shared() {
    return runtime.getClass().getName().equals(SHARED);
  }

  @Override
  public final void proceed(
      HttpRequest request, AsyncEntityProducer producer, Scope scope, AsyncExecCallback callback)
      throws HttpException, IOException {
    connected = true;
    chain.proceed(request, producer, scope, callback);
  }

  @Override
  public final void setDependency(Cancellable stage) {
    if (!keep(stage)) {
      stage.cancel();
    }
  }

  private synchronized boolean keep(Cancellable stage) {
    if (!cancelled) {
      third = second;
      second = first;
      first = stage;
    }
    return !cancelled;
  }

  @Override
  public final synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Whatever is under way ends; the library tells when. */
  @Override
  public final boolean cancel() {
    Cancellable[] begun;
    synchronized (this) {
      cancelled = true;
      begun = new Cancellable[] {first, second, third};
      first = null;
      second = null;
      third = null;
    }
    boolean any = false;
    for (Cancellable stage : begun) {
      any |= stage != null && stage.cancel();
    }
    return any;
  }

  /** Ends it at once: its stream, or its connection. */
  final void leave() {
    cancel();
    if (shared()) {
      runtime.releaseEndpoint();
    } else {
      runtime.discardEndpoint();
    }
  }
}
