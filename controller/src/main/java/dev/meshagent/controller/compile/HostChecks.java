package dev.meshagent.controller.compile;

import dev.meshagent.engine.snapshot.Hosts;
import java.util.Optional;

/** Whether a text can be a host in policy. Stateless. */
final class HostChecks {
  private static final int LONGEST_NAME = 253;

  private HostChecks() {}

  /** What is wrong with a host; empty if nothing is. */
  static Optional<String> problem(String host) {
    String name = Hosts.canonical(host);
    String rest = name.equals("*") ? "" : name.startsWith("*.") ? name.substring(2) : name;
    if (name.equals("*")) {
      return Optional.empty();
    }
    if (Hosts.neverMesh(rest)) {
      return Optional.of("is an address or this machine, not a name; write the service's name");
    }
    if (name.length() > LONGEST_NAME) {
      return Optional.of("is longer than 253 characters, as no name of a host is");
    }
    for (String label : rest.split("\\.", -1)) {
      if (!Hosts.isLabel(label)) {
        return Optional.of(
            "is no name of a host ('"
                + label
                + "' is no DNS label); write one such as orders, orders.shop or *.example.com");
      }
    }
    return Optional.empty();
  }
}
