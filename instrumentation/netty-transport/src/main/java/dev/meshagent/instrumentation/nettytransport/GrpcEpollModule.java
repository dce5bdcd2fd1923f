package dev.meshagent.instrumentation.nettytransport;

/** The same as {@code grpc-netty-shaded} holds it. */
public final class GrpcEpollModule extends NativeTransport {
  public GrpcEpollModule() {
    super(
        "grpc-netty-shaded-epoll",
        "io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel",
        "io.grpc.netty.shaded.io.netty.channel.epoll.AbstractEpollChannel");
  }
}
