package dev.meshagent.instrumentation.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;

/**
 * Makes the calls of a channel whose name is a service's. Where the channel has a config selector
 * of its own, it is asked first, and what it says of a method is kept. Thread-safe.
 */
final class MeshConfigSelector extends InternalConfigSelector {
  final MeshNameResolver resolver;
  final MethodConfigs configs;

  /** Runs what calls report that were given no executor of their own. */
  final Executor executor;

  private final InternalConfigSelector given;

  /** Where gRPC's own calls come from. */
  private final Channel calls;

  private MeshConfigSelector(
      MeshNameResolver resolver, Object realChannel, InternalConfigSelector given)
      throws ReflectiveOperationException {
    this.resolver = resolver;
    this.given = given;
    this.configs = new MethodConfigs(resolver.args.getServiceConfigParser());
    this.executor = Channels.executor(realChannel);
    this.calls = Channels.calls(realChannel);
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
        ? new MeshConfigSelector(
            (MeshNameResolver) resolver, realChannel, (InternalConfigSelector) given)
        : null;
  }

  /** The selector of a channel if nobody else is to be asked, or null. */
  static MeshConfigSelector whole(Object realChannel) throws Throwable {
    Object selector = Channels.selector(realChannel);
    return selector instanceof MeshConfigSelector && ((MeshConfigSelector) selector).given == null
        ? (MeshConfigSelector) selector
        : null;
  }

  <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
    return new RpcCall<>(this, calls, method, options);
  }

  /** True if gRPC is to retry a call as the mesh tells it, and not as its method's own config. */
  boolean retries(CallOptions options) {
    return configs.retries && (given == null || !configs.isIn(options));
  }

  @Override
  public Result selectConfig(PickSubchannelArgs args) {
    Result own = given == null ? null : given.selectConfig(args);
    if (own != null && !own.getStatus().isOk()) {
      return own;
    }
    return Result.newBuilder()
        .setConfig(own == null ? configs.none : own.getConfig())
        .setInterceptor(new Interceptor(own == null ? null : own.getInterceptor()))
        .build();
  }

  private final class Interceptor implements ClientInterceptor {
    private final ClientInterceptor own;

    Interceptor(ClientInterceptor own) {
      this.own = own;
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      Channel through = own == null ? next : ClientInterceptors.intercept(next, own);
      return new RpcCall<>(MeshConfigSelector.this, through, method, options);
    }
  }
}
