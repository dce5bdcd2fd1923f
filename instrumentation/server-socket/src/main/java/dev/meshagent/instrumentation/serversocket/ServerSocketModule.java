package dev.meshagent.instrumentation.serversocket;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Sees which server sockets of the JDK take connections: blocking ones at {@code implAccept}, which
 * those of TLS and of other subclasses go through too; channels at {@code accept} and where a
 * selector takes over their interest in accepting; their sockets; and asynchronous channels.
 *
 * <p>Binding alone says nothing, since a bound socket need not serve; so it is not looked at.
 */
public final class ServerSocketModule implements InstrumentationModule {
  private static final String PACKAGE = "dev.meshagent.instrumentation.serversocket.";
  private static final String SOCKET_ACCEPT = PACKAGE + "SocketAcceptAdvice";
  private static final String SOCKET_CLOSE = PACKAGE + "CloseAdvice";
  private static final String CHANNEL_ACCEPT = PACKAGE + "ChannelAcceptAdvice";
  private static final String CHANNEL_INTEREST = PACKAGE + "ChannelInterestAdvice";
  private static final String ASYNCHRONOUS_ACCEPT = PACKAGE + "AsynchronousAcceptAdvice";

  @Override
  public String name() {
    return "server-socket";
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            "java.net.ServerSocket",
            MethodTarget.required("implAccept", "(Ljava/net/Socket;)V", SOCKET_ACCEPT),
            MethodTarget.required("close", "()V", SOCKET_CLOSE)),
        new TypeTarget(
            "sun.nio.ch.ServerSocketChannelImpl",
            MethodTarget.required("accept", "()", CHANNEL_ACCEPT),
            // JDK 11 and later, called when a selector takes over a change of interest.
            MethodTarget.optional("translateInterestOps", "(I)I", CHANNEL_INTEREST),
            // JDK 8's name for it.
            MethodTarget.optional("translateAndSetInterestOps", "(I", CHANNEL_INTEREST),
            MethodTarget.required("implCloseSelectableChannel", "()V", SOCKET_CLOSE)),
        new TypeTarget(
            // A channel's socket; with a timeout set it does not go through the channel's accept.
            "sun.nio.ch.ServerSocketAdaptor", MethodTarget.required("accept", "()", SOCKET_ACCEPT)),
        new TypeTarget(
            "sun.nio.ch.AsynchronousServerSocketChannelImpl",
            MethodTarget.required("accept", "()", ASYNCHRONOUS_ACCEPT),
            MethodTarget.required("accept", "(Ljava/lang/Object;", ASYNCHRONOUS_ACCEPT),
            MethodTarget.required("close", "()V", SOCKET_CLOSE)));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
