package dev.meshagent.engine;

import dev.meshagent.engine.balance.Candidates;
import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;

/** The candidates of one service, subset and port, with the policy for calls to them. Immutable. */
final class Pool {
  final ServiceState service;
  final Candidates candidates;
  final TrafficPolicy policy;

  /** Null where nothing is limited. */
  final Admission admission;

  /** What the port of the call means here; see {@link dev.meshagent.engine.snapshot.PortRule}. */
  final int portKey;

  private final PortRule ports;
  private final boolean primaryPort;

  Pool(
      ServiceState service,
      Candidates candidates,
      TrafficPolicy policy,
      Admission admission,
      PortRule ports,
      int portKey) {
    this.service = service;
    this.candidates = candidates;
    this.policy = policy;
    this.admission = admission;
    this.portKey = portKey;
    this.ports = ports;
    this.primaryPort = ports.primary(portKey);
  }

  /** The TCP port of the call on one of the endpoints, or {@link PortRule#NONE}. */
  int port(EndpointState state, Endpoint endpoint) {
    int primary = primaryPort ? state.primaryPort(endpoint) : 0;
    return primary == 0 ? ports.target(portKey, endpoint) : primary;
  }

  /** True if an attempt needs one of the connections that are limited. */
  boolean connects(RequestHead head, EndpointState state) {
    return admission != null
        && policy.limits.maxConnections > 0
        && !head.grpc()
        && !state.multiplexes();
  }
}
