package dev.meshagent.instrumentation.nettytransport;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Sees which server channels of one of Netty's native transports take connections: they pass the
 * JDK's sockets by. Such a channel listens as soon as it is bound, and its kernel takes connections
 * from then on. Each transport is a module of its own, since a service rarely has them all.
 */
abstract class NativeTransport implements InstrumentationModule {
  private static final String PACKAGE = "dev.meshagent.instrumentation.nettytransport.";

  private final String name;
  private final String bound;
  private final String closed;

  /**
   * @param bound the class that binds server channels
   * @param closed the class that closes them
   */
  NativeTransport(String name, String bound, String closed) {
    this.name = name;
    this.bound = bound;
    this.closed = closed;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            bound,
            MethodTarget.required("doBind", "(Ljava/net/SocketAddress;)V", PACKAGE + "BindAdvice")),
        new TypeTarget(closed, MethodTarget.required("doClose", "()V", PACKAGE + "CloseAdvice")));
  }

  @Override
  public final List<String> internalPackages() {
    return Collections.emptyList();
  }
}
