package dev.meshagent.instrumentation.okhttp;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * The body of a response, which tells when it is read to its end, broken off or closed. As
 * thread-safe as the library's.
 */
final class ReleasingBody extends ResponseBody {
  private final ResponseBody body;
  private final Watched watched;
  private final BufferedSource source;

  ReleasingBody(ResponseBody body) {
    this.body = body;
    this.watched = new Watched(body.source());
    this.source = Okio.buffer(watched);
  }

  /**
   * To be called once at most.
   *
   * @param release run once: by the thread that reads to the end or closes, or here if one did
   */
  void whenEnded(Runnable release) {
    watched.whenEnded(release);
  }

  @Override
  public MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }

  private static final class Watched extends ForwardingSource {
    private static final Runnable ENDED = () -> {};

    private static final AtomicReferenceFieldUpdater<Watched, Runnable> AT_END =
        AtomicReferenceFieldUpdater.newUpdater(Watched.class, Runnable.class, "atEnd");

    /** Null until it is known, {@link #ENDED} after the end. */
    private volatile Runnable atEnd;

    Watched(Source source) {
      super(source);
    }

    void whenEnded(Runnable release) {
      if (!AT_END.compareAndSet(this, null, release)) {
        release.run();
      }
    }

    private void ended() {
      Runnable release = atEnd == ENDED ? null : AT_END.getAndSet(this, ENDED);
      if (release != null) {
        release.run();
      }
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      boolean goesOn = false;
      try {
        long read = super.read(sink, byteCount);
        goesOn = read >= 0;
        return read;
      } finally {
        if (!goesOn) {
          ended();
        }
      }
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        ended();
      }
    }
  }
}
