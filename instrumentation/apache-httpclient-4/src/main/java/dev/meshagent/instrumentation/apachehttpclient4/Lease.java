package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Outcome.Failure;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.ManagedClientConnection;

/** The hold on a deprecated connection: it is given back or up once. Thread-safe. */
final class Lease implements Cancellable {
  private final ManagedClientConnection connection;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(ManagedClientConnection connection) {
    this.connection = connection;
  }

  /** The response was read. */
  void release(boolean reusable) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    try {
      if (reusable) {
        connection.markReusable();
      }
      connection.releaseConnection();
    } catch (IOException broken) {
      // It is released as well.
    } finally {
      MeshExec.DELIVERIES.ended(this);
    }
  }

  /** Nobody wants the rest of it; closes the connection under the thread that uses it. */
  @Override
  public boolean cancel() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    MeshExec.DELIVERIES.ended(this);
    abort();
    return true;
  }

  /** Reading the response failed. */
  void broken() {
    if (ended.compareAndSet(false, true)) {
      MeshExec.DELIVERIES.broken(this, Failure.RESET, null);
      abort();
    }
  }

  private void abort() {
    try {
      connection.abortConnection();
    } catch (IOException broken) {
      // It is released as well.
    }
  }
}
