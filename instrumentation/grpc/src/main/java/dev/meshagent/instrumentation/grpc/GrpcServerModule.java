package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Collections;
import java.util.List;

/** Sees which ports gRPC is served at, so that one of them can be the primary port. */
public final class GrpcServerModule implements InstrumentationModule {
  private static final String SELF = "()Lio/grpc/internal/ServerImpl;";
  private static final String ADVICE = "dev.meshagent.instrumentation.grpc.";

  @Override
  public String name() {
    return "grpc-server";
  }

  @Override
  public List<TypeTarget> types() {
    return Collections.singletonList(
        new TypeTarget(
            "io.grpc.internal.ServerImpl",
            MethodTarget.required("start", SELF, ADVICE + "ServerStartAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
