package dev.meshagent.instrumentation.apachehttpclient5;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;

/**
 * What to cancel of one stage of an attempt. Each stage needs its own: the library tells of a stage
 * when it has begun it, and if that goes on at once, over a kept connection or on a fast thread,
 * tells of the later stage first; with one place for both, the earlier would replace the later and
 * cancelling do nothing. Thread-safe.
 */
final class AsyncCancellation implements CancellableDependency {
  private final AtomicReference<Cancellable> dependency = new AtomicReference<>();
  private volatile boolean cancelled;

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

  @Override
  public boolean cancel() {
    cancelled = true;
    Cancellable cancellable = dependency.getAndSet(null);
    return cancellable != null && cancellable.cancel();
  }
}
