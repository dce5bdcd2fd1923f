package dev.meshagent.instrumentation.nettytransport;

/** Netty's transport over kqueue of macOS and the BSDs. */
public final class KqueueModule extends NativeTransport {
  public KqueueModule() {
    super(
        "netty-kqueue",
        "io.netty.channel.kqueue.KQueueServerSocketChannel",
        "io.netty.channel.kqueue.AbstractKQueueChannel");
  }
}
