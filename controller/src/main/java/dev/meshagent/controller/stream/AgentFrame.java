package dev.meshagent.controller.stream;

import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.telemetry.TelemetryReport;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A frame that an agent sent, checked in full. Immutable. */
public sealed interface AgentFrame {

  /**
   * Who the process is; the first frame of a connection.
   *
   * @param group the WorkloadGroup that it names; empty for none
   */
  record Hello(
      String uid,
      ServiceId service,
      Map<String, String> labels,
      Locality locality,
      String group,
      String agentVersion,
      List<String> features,
      long pid,
      String host,
      String javaVersion,
      Map<ServiceId, String> known,
      Optional<Statement> workload)
      implements AgentFrame {}

  /**
   * What a process serves.
   *
   * @param addresses empty: the address that the connection comes from
   * @param ports the primary first
   * @param ready whether its probe passes; empty until it knows
   */
  record Statement(
      List<String> addresses, List<WorkloadPort> ports, int weight, Optional<Boolean> ready) {}

  record Register(Statement workload) implements AgentFrame {}

  record Renew() implements AgentFrame {}

  record Drain() implements AgentFrame {}

  record Leave() implements AgentFrame {}

  record Subscribe(List<ServiceId> services) implements AgentFrame {}

  record Unsubscribe(List<ServiceId> services) implements AgentFrame {}

  record Ack(ServiceId service, String epoch, long seq) implements AgentFrame {}

  record Nack(ServiceId service, String epoch, long seq, String path, String error)
      implements AgentFrame {}

  record Resync(ServiceId service) implements AgentFrame {}

  record Telemetry(TelemetryReport report) implements AgentFrame {}

  /** A type that this controller does not know: skipped and counted. */
  record Unknown(String type) implements AgentFrame {}
}
