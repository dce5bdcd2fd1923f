package dev.meshagent.instrumentation.nettytransport;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Sees which of Netty's native server channels (epoll, io_uring, kqueue; epoll also as gRPC shades
 * it) take connections: they pass the JDK's sockets by. Such a channel listens as soon as it is
 * bound, and its kernel takes connections from then on.
 */
public final class NettyTransportModule implements InstrumentationModule {
  private static final String PACKAGE = "dev.meshagent.instrumentation.nettytransport.";
  private static final String BIND = PACKAGE + "BindAdvice";
  private static final String CLOSE = PACKAGE + "CloseAdvice";
  private static final String EPOLL = "io.netty.channel.epoll.";
  private static final String URING = "io.netty.channel.uring.";
  private static final String KQUEUE = "io.netty.channel.kqueue.";
  private static final String SHADED_BY_GRPC = "io.grpc.netty.shaded.";

  @Override
  public String name() {
    return "netty-transport";
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        bound(EPOLL + "EpollServerSocketChannel"),
        closed(EPOLL + "AbstractEpollChannel"),
        bound(SHADED_BY_GRPC + EPOLL + "EpollServerSocketChannel"),
        closed(SHADED_BY_GRPC + EPOLL + "AbstractEpollChannel"),
        bound(URING + "IoUringServerSocketChannel"),
        closed(URING + "AbstractIoUringServerChannel"),
        bound(KQUEUE + "KQueueServerSocketChannel"),
        closed(KQUEUE + "AbstractKQueueChannel"));
  }

  private static TypeTarget bound(String channel) {
    return new TypeTarget(
        channel, MethodTarget.required("doBind", "(Ljava/net/SocketAddress;)V", BIND));
  }

  private static TypeTarget closed(String channel) {
    return new TypeTarget(channel, MethodTarget.required("doClose", "()V", CLOSE));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
