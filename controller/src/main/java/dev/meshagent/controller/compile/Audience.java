package dev.meshagent.controller.compile;

import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;

/**
 * Who is there at one moment, and so may be concerned by a change of policy. Immutable.
 *
 * @param workloads the live ones
 * @param calls who is told of which service
 * @param names what the names stand for that policy gives as addresses
 */
public record Audience(List<Workload> workloads, List<Calls> calls, HostAddresses names) {
  public Audience {
    workloads = List.copyOf(workloads);
    calls = List.copyOf(calls);
  }

  /**
   * Processes of one service that policy cannot tell apart, and a service that they call.
   *
   * @param agents how many they are
   */
  public record Calls(ServiceId called, ServiceId by, Caller caller, int agents) {}
}
