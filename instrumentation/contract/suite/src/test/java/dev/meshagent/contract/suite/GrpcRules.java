package dev.meshagent.contract.suite;

import java.util.List;

/** The rules of the services that gRPC's cases call, written as a user writes them. */
final class GrpcRules {
  /** As for {@link Rules#write}. */
  static final List<String> ALL =
      List.of(
          """
          DestinationRule|echo|{"host": "echo",
           "trafficPolicy": {"loadBalancer": {"simple": "ROUND_ROBIN"}}}""",
          """
          DestinationRule|ruled|{"host": "ruled",
           "trafficPolicy": {"loadBalancer": {"simple": "ROUND_ROBIN"}}}""",
          """
          VirtualService|ruled|{"hosts": ["ruled"], "http": [{
            "route": [{"destination": {"host": "ruled"}}],
            "timeout": "10s",
            "retries": {"attempts": 2, "retryOn": "resource-exhausted"},
            "headers": {"request": {"set": {"tag": "by the mesh"}}}}]}""",
          """
          VirtualService|broken|{"hosts": ["broken"], "http": [{
            "route": [{"destination": {"host": "broken"}}],
            "fault": {"abort": {"grpcStatus": "ABORTED", "percentage": {"value": 100}}}}]}""");

  private GrpcRules() {}
}
