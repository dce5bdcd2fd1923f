package dev.meshagent.instrumentation.reactornetty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import reactor.netty.Connection;

/** Takes down one request as the library writes it. For one exchange on one event loop. */
final class Recorder extends ChannelOutboundHandlerAdapter {
  static final String NAME = "mesh-agent.recorder";

  /** In bytes, as with Apache's asynchronous client; what is longer is sent once. */
  private static final int LONGEST = 1024 * 1024;

  private final RequestCopy copy;
  private final Connection operations;
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private HttpHeaders headers;

  Recorder(RequestCopy copy, Connection operations) {
    this.copy = copy;
    this.operations = operations;
  }

  /** Of the whole request. */
  HttpHeaders headers() {
    return headers;
  }

  /** Of the whole request. */
  byte[] body() {
    return body.toByteArray();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (body != null) {
      try {
        record(message);
      } catch (Throwable e) {
        // The request itself goes out all the same.
        body = null;
        copy.lose();
      }
    }
    super.write(context, message, promise);
  }

  private void record(Object message) throws IOException {
    if (message instanceof HttpRequest) {
      headers = ((HttpRequest) message).headers().copy();
    }
    ByteBuf piece = piece(message);
    int length = piece == null ? 0 : piece.readableBytes();
    boolean known = piece != null || message instanceof HttpRequest;
    if (!known || body.size() + length > LONGEST || hasTrailers(message)) {
      body = null;
      copy.lose();
      return;
    }
    if (length > 0) {
      piece.getBytes(piece.readerIndex(), body, length);
    }
    if (message instanceof LastHttpContent) {
      copy.complete(operations, this);
    }
  }

  private static boolean hasTrailers(Object message) {
    return message instanceof LastHttpContent
        && !((LastHttpContent) message).trailingHeaders().isEmpty();
  }

  private static ByteBuf piece(Object message) {
    if (message instanceof ByteBuf) {
      return (ByteBuf) message;
    }
    return message instanceof ByteBufHolder ? ((ByteBufHolder) message).content() : null;
  }
}
