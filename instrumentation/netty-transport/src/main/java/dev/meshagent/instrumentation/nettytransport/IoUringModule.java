package dev.meshagent.instrumentation.nettytransport;

/** Netty's transport over Linux's io_uring (4.2 and later). */
public final class IoUringModule extends NativeTransport {
  public IoUringModule() {
    super(
        "netty-io-uring",
        "io.netty.channel.uring.IoUringServerSocketChannel",
        "io.netty.channel.uring.AbstractIoUringServerChannel");
  }
}
