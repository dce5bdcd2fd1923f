package dev.meshagent.instrumentation.nettytransport;

/** Netty's transport over Linux's epoll. */
public final class EpollModule extends NativeTransport {
  public EpollModule() {
    super(
        "netty-epoll",
        "io.netty.channel.epoll.EpollServerSocketChannel",
        "io.netty.channel.epoll.AbstractEpollChannel");
  }
}
