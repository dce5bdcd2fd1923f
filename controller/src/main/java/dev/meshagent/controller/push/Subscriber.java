package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.engine.snapshot.ServiceId;

/**
 * A process that wants to be told of services.
 *
 * @param uid its identity
 * @param service that it is a process of
 * @param vantage where it is
 * @param caller by what policy tells it from others
 */
public record Subscriber(String uid, ServiceId service, Vantage vantage, Caller caller) {
  Alike alike() {
    return new Alike(service, caller);
  }

  /** Processes of one service that policy cannot tell apart. */
  record Alike(ServiceId service, Caller caller) {}
}
