package dev.meshagent.instrumentation.okhttp;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * The body of a response, which tells when it is read to its end, broken off or closed. As
 * thread-safe as the library's.
 */
final class BodySource extends ForwardingSource {
  /** Is told the end of one body, on the thread that reads to the end or closes. */
  interface End {
    /**
     * @param broken why it could not be read to its end, or null if it was, or was closed
     */
    void bodyEnded(IOException broken);
  }

  private static final End ENDED = broken -> {};

  private static final AtomicReferenceFieldUpdater<BodySource, End> AT_END =
      AtomicReferenceFieldUpdater.newUpdater(BodySource.class, End.class, "atEnd");

  /** Null until it is known, {@link #ENDED} after the end. */
  private volatile End atEnd;

  BodySource(Source source) {
    super(source);
  }

  /**
   * To be called once at most.
   *
   * @param told once: at the end, or here if the body has ended
   */
  void whenEnded(End told) {
    if (!AT_END.compareAndSet(this, null, told)) {
      told.bodyEnded(null);
    }
  }

  private void ended(IOException broken) {
    End told = atEnd == ENDED ? null : AT_END.getAndSet(this, ENDED);
    if (told != null) {
      told.bodyEnded(broken);
    }
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    boolean goesOn = false;
    IOException broken = null;
    try {
      long read = super.read(sink, byteCount);
      goesOn = read >= 0;
      return read;
    } catch (IOException e) {
      broken = e;
      throw e;
    } finally {
      if (!goesOn) {
        ended(broken);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      ended(null);
    }
  }
}
