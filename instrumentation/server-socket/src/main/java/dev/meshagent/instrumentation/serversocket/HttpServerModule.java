package dev.meshagent.instrumentation.serversocket;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Sees which port the JDK's own HTTP server serves, so that it can be the primary port. */
public final class HttpServerModule implements InstrumentationModule {
  private static final String ADVICE =
      "dev.meshagent.instrumentation.serversocket.HttpServerStartAdvice";

  @Override
  public String name() {
    return "jdk-httpserver";
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            "sun.net.httpserver.HttpServerImpl", MethodTarget.required("start", "()V", ADVICE)),
        new TypeTarget(
            "sun.net.httpserver.HttpsServerImpl", MethodTarget.required("start", "()V", ADVICE)));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
