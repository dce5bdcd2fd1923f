package dev.meshagent.instrumentation.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * The body of a delivered response, which tells when it is read to its end, broken off or closed.
 */
final class ReleasingBody extends ResponseBody {
  private final ResponseBody body;
  private final BufferedSource source;

  /**
   * @param atEnd run on the reading thread, perhaps several times
   */
  ReleasingBody(ResponseBody body, Runnable atEnd) {
    this.body = body;
    this.source = Okio.buffer(new Watched(body.source(), atEnd));
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
    private final Runnable atEnd;

    Watched(Source source, Runnable atEnd) {
      super(source);
      this.atEnd = atEnd;
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
          atEnd.run();
        }
      }
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        atEnd.run();
      }
    }
  }
}
