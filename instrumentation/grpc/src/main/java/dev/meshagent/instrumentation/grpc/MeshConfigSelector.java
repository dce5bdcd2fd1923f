package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;

/**
 * Opens the engine's call for each call of a channel, and gives it what gRPC has to know before it
 * starts. What the application's own service config says of a method is kept. Thread-safe.
 */
final class MeshConfigSelector extends InternalConfigSelector {
  private final MeshNameResolver resolver;
  private final InternalConfigSelector given;
  private final MethodConfigs configs;

  private MeshConfigSelector(MeshNameResolver resolver, InternalConfigSelector given) {
    this.resolver = resolver;
    this.given = given;
    this.configs = new MethodConfigs(resolver.args.getServiceConfigParser());
  }

  /**
   * The selector that a channel is to use.
   *
   * @param given the channel's own, or null
   * @return null to leave it
   */
  static Object before(Object realChannel, Object given) throws ReflectiveOperationException {
    Object resolver = Channels.resolver(realChannel);
    return resolver instanceof MeshNameResolver && ((MeshNameResolver) resolver).inside()
        ? new MeshConfigSelector((MeshNameResolver) resolver, (InternalConfigSelector) given)
        : null;
  }

  @Override
  public Result selectConfig(PickSubchannelArgs args) {
    Result own = given == null ? null : given.selectConfig(args);
    if (own != null && !own.getStatus().isOk()) {
      return own;
    }
    try {
      boolean configured =
          own != null && Channels.methodInfo(own.getConfig(), args.getMethodDescriptor()) != null;
      Rpc rpc = Rpc.open(resolver, args, !configured && configs.retries);
      if (rpc != null) {
        Attempt first = rpc.begin();
        Object config = configured ? own.getConfig() : configs.of(first);
        return Result.newBuilder()
            .setConfig(config)
            .setInterceptor(
                new RpcInterceptor(rpc, first, own == null ? null : own.getInterceptor()))
            .build();
      }
    } catch (RuntimeException | ReflectiveOperationException | LinkageError e) {
      resolver.mesh.agentError("grpc.select", e);
      resolver.giveUp();
    }
    return own == null ? Result.newBuilder().setConfig(configs.none).build() : own;
  }
}
