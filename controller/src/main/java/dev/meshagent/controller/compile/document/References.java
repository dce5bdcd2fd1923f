package dev.meshagent.controller.compile.document;

import dev.meshagent.engine.snapshot.ServiceId;

/** Finds what a resource refers to, seen from where it stands. */
public interface References {
  /** The service that a host means to a resource in its namespace; it need not exist. */
  ServiceId service(String host);

  /** Whether there is such a service now. */
  boolean exists(ServiceId service);

  /** Whether a resource of Gateway API may lead to that service, which may need a grant. */
  boolean granted(ServiceId service);

  /** Whether a subset of that name is defined for callers that this resource concerns. */
  boolean hasSubset(ServiceId service, String subset);
}
