package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says where Reactor Netty is advised; the package's description says why there. */
public final class ReactorNettyModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "reactor-netty";

  private static final String CLIENT = "reactor.netty.http.client.";
  private static final String ADVICE = "dev.meshagent.instrumentation.reactornetty.";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CLIENT + "HttpConnectionProvider",
            MethodTarget.required(
                "acquire",
                "(Lreactor/netty/transport/TransportConfig;Lreactor/netty/ConnectionObserver;",
                ADVICE + "AcquireAdvice")),
        new TypeTarget(
            CLIENT + "HttpClientConnect$HttpClientHandler",
            MethodTarget.required(
                "requestWithBody",
                "(Lreactor/netty/http/client/HttpClientOperations;)",
                ADVICE + "SendAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
