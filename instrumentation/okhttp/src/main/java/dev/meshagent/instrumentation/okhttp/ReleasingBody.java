package dev.meshagent.instrumentation.okhttp;

import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.Okio;

/** A body that something between us and the server made, with its end told. */
final class ReleasingBody extends ResponseBody {
  private final ResponseBody body;
  private final BufferedSource source;

  /**
   * @param end is told it
   */
  ReleasingBody(ResponseBody body, BodySource.End end) {
    this.body = body;
    BodySource watched = new BodySource(body.source());
    watched.whenEnded(end);
    this.source = Okio.buffer(watched);
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
}
