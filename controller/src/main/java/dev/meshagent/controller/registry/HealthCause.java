package dev.meshagent.controller.registry;

import dev.meshagent.engine.snapshot.Health;

/** Why a workload has the health it has; the reason in its conditions, and what a person reads. */
public enum HealthCause {
  REGISTERED(Health.READY, "Registered", "The workload is registered and its lease is renewed."),
  CONNECTION_LOST(
      Health.SUSPECT,
      "ConnectionLost",
      "The control connection closed without an announced exit; callers prefer other workloads."),
  SILENT(
      Health.SUSPECT,
      "LeaseNotRenewed",
      "The control connection is open but nothing came over it for two thirds of the lease."),
  EXIT_ANNOUNCED(
      Health.DRAINING, "ExitAnnounced", "The process announced its exit; it gets no new calls.");

  public final Health health;

  /** One CamelCase word, as Kubernetes conditions have it. */
  public final String reason;

  public final String message;

  HealthCause(Health health, String reason, String message) {
    this.health = health;
    this.reason = reason;
    this.message = message;
  }
}
