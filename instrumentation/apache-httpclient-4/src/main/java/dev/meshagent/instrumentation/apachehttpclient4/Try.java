package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.drive.Breakable;
import dev.meshagent.spi.drive.Deliveries;
import java.io.IOException;
import org.apache.http.HttpConnection;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;

/**
 * Watches one attempt: learns what it holds, tells the application's request what it can cancel,
 * and stands for it while its body is read.
 */
final class Try extends Breakable implements HttpExecutionAware, Deliveries.Delivery {
  private static final String HOLDER = "org.apache.http.impl.execchain.ConnectionHolder";

  private final Hop hop;
  private final Attempt attempt;
  private final HttpClientContext context;
  private final boolean fresh;
  private Cancellable latest;

  /** The library's hold on the connection, or null before there is one. */
  Object holder;

  /** Whether the connection is one that the pool had kept. */
  boolean kept;

  /**
   * @param context the hop's own, or that of an attempt beside it
   * @param fresh whether a kept connection is to be closed and opened again
   */
  Try(Hop hop, Attempt attempt, HttpClientContext context, boolean fresh) {
    this.hop = hop;
    this.attempt = attempt;
    this.context = context;
    this.fresh = fresh;
  }

  @Override
  public MeshCall call() {
    return hop.call;
  }

  @Override
  public Attempt attempt() {
    return attempt;
  }

  @Override
  public Object hold() {
    return holder;
  }

  @Override
  public boolean isAborted() {
    HttpExecutionAware application = application();
    return isBrokenOff() || application != null && application.isAborted();
  }

  @Override
  public void setCancellable(Cancellable cancellable) {
    boolean late;
    synchronized (this) {
      latest = cancellable;
      late = isBrokenOff();
    }
    HttpExecutionAware application = application();
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

  /** What the application cancels this attempt by; null for one that runs beside its own. */
  private HttpExecutionAware application() {
    return context == hop.context ? hop.aware : null;
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

  /** Closes the connection under the thread that waits for it. */
  @Override
  protected void breakOff() {
    if (latest != null) {
      latest.cancel();
    }
  }
}
