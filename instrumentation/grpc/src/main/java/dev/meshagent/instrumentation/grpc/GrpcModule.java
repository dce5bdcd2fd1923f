package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says where gRPC is advised; the package's description says why there. */
public final class GrpcModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "grpc";

  private static final String CORE = "io.grpc.internal.";
  private static final String ADVICE = "dev.meshagent.instrumentation.grpc.";
  private static final String ADDRESSES = "(Lio/grpc/LoadBalancer$ResolvedAddresses;)";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CORE + "ManagedChannelImpl",
            MethodTarget.required("getNameResolver", "(", ADVICE + "NameResolverAdvice")),
        new TypeTarget(
            CORE + "ManagedChannelImpl$RealChannel",
            MethodTarget.required(
                "updateConfigSelector",
                "(Lio/grpc/InternalConfigSelector;)",
                ADVICE + "ConfigSelectorAdvice"),
            MethodTarget.required(
                "newClientCall",
                "(Lio/grpc/MethodDescriptor;Lio/grpc/CallOptions;)",
                ADVICE + "CallAdvice")),
        new TypeTarget(
            CORE + "RetriableStream",
            MethodTarget.required(
                "<init>",
                "(Lio/grpc/MethodDescriptor;Lio/grpc/Metadata;",
                ADVICE + "RetriesAdvice")),
        new TypeTarget(
            CORE + "ManagedChannelImpl$ChannelStreamProvider$1RetryStream",
            // Without it a try whose time is up ends its call.
            MethodTarget.optional(
                "newSubstream", "(Lio/grpc/Metadata;", ADVICE + "SubstreamAdvice")),
        new TypeTarget(
            CORE + "AutoConfiguredLoadBalancerFactory$AutoConfiguredLoadBalancer",
            // Up to 1.48, from 1.50, and in 1.8x: a version has one of the three.
            MethodTarget.optional(
                "tryHandleResolvedAddresses", ADDRESSES, ADVICE + "LoadBalancerAdvice"),
            MethodTarget.optional(
                "tryAcceptResolvedAddresses", ADDRESSES, ADVICE + "LoadBalancerAdvice"),
            MethodTarget.optional(
                "acceptResolvedAddresses", ADDRESSES, ADVICE + "LoadBalancerAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
