package dev.meshagent.controller.registry;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says on the log what becomes of workloads, one line each. */
public final class RegistryLog implements RegistryListener {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryLog.class);

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    if (before.isEmpty()) {
      LOG.info("{} joined: {}", named(after.orElseThrow()), at(after.orElseThrow()));
    } else if (after.isEmpty()) {
      LOG.info("{} removed; it was {}", named(before.get()), before.get().cause().reason);
    } else if (before.get().cause() != after.get().cause()) {
      LOG.info(
          "{} is {}: {}", named(after.get()), after.get().health(), after.get().cause().reason);
    }
  }

  private static String named(Workload workload) {
    return workload.service() + " " + workload.uid();
  }

  private static String at(Workload workload) {
    return workload.registration().addresses() + " " + workload.registration().ports();
  }
}
