package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Collections;
import java.util.List;

/** Says where Reactor Netty is advised; the package's description says why there. */
public final class ReactorNettyModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "reactor-netty";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Collections.singletonList(
        new TypeTarget(
            "reactor.netty.http.client.HttpConnectionProvider",
            MethodTarget.required(
                "acquire",
                "(Lreactor/netty/transport/TransportConfig;Lreactor/netty/ConnectionObserver;",
                "dev.meshagent.instrumentation.reactornetty.AcquireAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
