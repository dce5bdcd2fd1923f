package dev.meshagent.instrumentation.apachehttpclient4;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.conn.EofSensorInputStream;
import org.apache.http.conn.EofSensorWatcher;
import org.apache.http.entity.HttpEntityWrapper;

/** A body that gives its connection back at its end, and up where it breaks off. */
final class LeasedEntity extends HttpEntityWrapper implements EofSensorWatcher {
  private final Lease lease;
  private final boolean reusable;

  LeasedEntity(HttpEntity entity, Lease lease, boolean reusable) {
    super(entity);
    this.lease = lease;
    this.reusable = reusable;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public InputStream getContent() throws IOException {
    return new EofSensorInputStream(wrappedEntity.getContent(), this);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    boolean whole = false;
    try {
      wrappedEntity.writeTo(out);
      whole = true;
    } finally {
      end(whole);
    }
  }

  @Override
  public boolean eofDetected(InputStream body) throws IOException {
    return close(body);
  }

  @Override
  public boolean streamClosed(InputStream body) throws IOException {
    return close(body);
  }

  @Override
  public boolean streamAbort(InputStream body) {
    lease.broken();
    return false;
  }

  /** Reads the rest, as the library's own does. */
  private boolean close(InputStream body) throws IOException {
    boolean whole = false;
    try {
      body.close();
      whole = true;
    } finally {
      end(whole);
    }
    return false;
  }

  private void end(boolean whole) {
    if (whole) {
      lease.release(reusable);
    } else {
      lease.cancel();
    }
  }
}
