package dev.meshagent.controller;

import dev.meshagent.controller.access.AccessSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a controller is started with. Immutable.
 *
 * @param data where it keeps what must outlive it; empty for nowhere
 * @param lease how long a workload is kept after it was last heard of
 * @param access who is let in
 */
public record ControllerSettings(
    HostPort listen, Optional<Path> data, Duration lease, AccessSettings access) {
  /** The lease of docs/control-protocol.md. */
  public static final Duration LEASE = Duration.ofSeconds(15);

  /** For this host alone: without tokens and TLS. */
  public ControllerSettings(HostPort listen, Optional<Path> data, Duration lease) {
    this(listen, data, lease, AccessSettings.LOCAL);
  }
}
