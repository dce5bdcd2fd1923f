package dev.meshagent.instrumentation.grpc;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancerProvider;
import io.grpc.internal.ServiceConfigUtil.PolicySelection;

/** The mesh's balancing as a policy of gRPC; in no registry, so that no config can name it. */
final class MeshLoadBalancerProvider extends LoadBalancerProvider {
  private static final MeshLoadBalancerProvider INSTANCE = new MeshLoadBalancerProvider();

  private MeshLoadBalancerProvider() {}

  /**
   * The addresses with the mesh as their policy.
   *
   * @return null for addresses that are not of the mesh
   */
  static Object chosenFor(Object addresses) {
    ResolvedAddresses resolved = (ResolvedAddresses) addresses;
    return resolved.getAttributes().get(MeshNameResolver.RESOLVER) == null
        ? null
        : resolved.toBuilder()
            .setLoadBalancingPolicyConfig(new PolicySelection(INSTANCE, null))
            .build();
  }

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int getPriority() {
    return 5;
  }

  @Override
  public String getPolicyName() {
    return "mesh_agent";
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
    return new MeshLoadBalancer(helper);
  }
}
