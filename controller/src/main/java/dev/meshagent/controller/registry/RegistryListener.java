package dev.meshagent.controller.registry;

import java.util.Optional;

/** Told of every change of a live workload, on the loop, in order. */
public interface RegistryListener {
  /**
   * A workload joined ({@code before} empty), changed, or was removed ({@code after} empty). A
   * process that changes its service is removed from one and then joins the other.
   */
  void changed(Optional<Workload> before, Optional<Workload> after);
}
