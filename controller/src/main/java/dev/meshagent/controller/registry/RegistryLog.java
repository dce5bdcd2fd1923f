package dev.meshagent.controller.registry;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says on the log what becomes of workloads, one line each. */
public final class RegistryLog implements RegistryListener {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryLog.class);

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    if (before.isEmpty()) {
      LOG.info("{} joined at {}", named(after.orElseThrow()), at(after.orElseThrow()));
    } else if (after.isEmpty()) {
      LOG.info("{} is removed; before that: {}", named(before.get()), why(before.get()));
    } else if (before.get().cause() != after.get().cause()) {
      LOG.info(
          "{} is {}: {}",
          named(after.get()),
          after.get().health().name().toLowerCase(Locale.ROOT),
          why(after.get()));
    }
  }

  private static String named(Workload workload) {
    return workload.service() + " " + workload.uid();
  }

  /** Where it is reached, and at which further ports. */
  private static String at(Workload workload) {
    StringJoiner at = new StringJoiner(", ");
    Endpoint endpoint = workload.endpoint();
    at.add(Hosts.withPort(endpoint.address, endpoint.primaryPort));
    endpoint.ports.values().stream().skip(1).forEach(port -> at.add(port.toString()));
    return at.toString();
  }

  private static String why(Workload workload) {
    return workload.cause().message;
  }
}
