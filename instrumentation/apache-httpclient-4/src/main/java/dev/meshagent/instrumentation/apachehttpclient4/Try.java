package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpConnection;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;

/**
 * Watches one attempt: learns what it holds, tells the application's request what it can cancel,
 * and breaks the attempt off when its time is over. The timer and the end of the attempt exclude
 * each other, so that a late timer cannot touch the next one.
 */
final class Try implements HttpExecutionAware, Runnable {
  private static final String HOLDER = "org.apache.http.impl.execchain.ConnectionHolder";

  private final HttpExecutionAware application;
  private final HttpClientContext context;
  private final boolean fresh;
  private Cancellable latest;
  private boolean ended;
  private boolean brokenOff;

  /** The library's hold on the connection, or null before there is one. */
  Object holder;

  /** Whether the connection is one that the pool had kept. */
  boolean kept;

  /**
   * @param application the application's request, or null if that cannot be cancelled
   * @param fresh whether a kept connection is to be closed and opened again
   */
  Try(HttpExecutionAware application, HttpClientContext context, boolean fresh) {
    this.application = application;
    this.context = context;
    this.fresh = fresh;
  }

  @Override
  public boolean isAborted() {
    return isBrokenOff() || application != null && application.isAborted();
  }

  @Override
  public void setCancellable(Cancellable cancellable) {
    boolean late;
    synchronized (this) {
      latest = cancellable;
      late = brokenOff;
    }
    if (application != null) {
      application.setCancellable(cancellable);
    }
    if (cancellable instanceof Lease || cancellable.getClass().getName().equals(HOLDER)) {
      holder = cancellable;
      lookAtConnection();
    }
    if (late) {
      cancellable.cancel();
    }
  }

  private void lookAtConnection() {
    HttpConnection connection = context.getConnection();
    kept = connection != null && connection.isOpen();
    if (kept && fresh) {
      kept = false;
      try {
        connection.close();
      } catch (IOException broken) {
        // Then it is closed as well.
      }
    }
  }

  /** Null if it may take for ever. */
  Mesh.Timeout breakOffAfter(Mesh mesh, long nanos) {
    return nanos == Long.MAX_VALUE ? null : mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * The attempt came back.
   *
   * @return whether it had been broken off
   */
  boolean ended(Mesh.Timeout timer) {
    if (timer != null) {
      timer.cancel();
    }
    synchronized (this) {
      ended = true;
      return brokenOff;
    }
  }

  synchronized boolean isBrokenOff() {
    return brokenOff;
  }

  /**
   * The time is over, or another attempt has answered: closes the connection under the thread that
   * waits for it.
   */
  @Override
  public void run() {
    synchronized (this) {
      if (ended) {
        return;
      }
      brokenOff = true;
      if (latest != null) {
        latest.cancel();
      }
    }
  }
}
