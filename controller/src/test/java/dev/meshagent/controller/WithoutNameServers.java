package dev.meshagent.controller;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A controller for tests whose policy has names in it: no name has an address, and none is asked.
 */
public final class WithoutNameServers {
  private WithoutNameServers() {}

  public static Controller start() throws IOException {
    return Controller.start(
        new ControllerSettings(
            new HostPort("127.0.0.1", 0), Optional.empty(), ControllerSettings.LEASE),
        Optional.of(host -> CompletableFuture.completedFuture(List.of())));
  }
}
