package dev.meshagent.engine;

import dev.meshagent.engine.snapshot.ServiceId;

/** Whom the engine tells that a service is called whose snapshot it does not have. */
public interface Subscriptions {
  /**
   * Asks for the snapshot of a service, once until it is forgotten. Called on an application's
   * thread: it must not block and must not throw.
   */
  void want(ServiceId service);
}
