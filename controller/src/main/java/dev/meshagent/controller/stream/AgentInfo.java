package dev.meshagent.controller.stream;

import dev.meshagent.controller.push.Subscription;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Instant;
import java.util.Collection;

/** A connected agent, as people see it. */
public record AgentInfo(
    AgentFrame.Hello hello,
    String address,
    Instant connectedSince,
    Collection<ServiceId> wanted,
    Collection<Subscription> subscriptions) {}
