package dev.meshagent.controller.compile;

import dev.meshagent.engine.snapshot.ServiceId;

/**
 * A wildcard host of a VirtualService or DestinationRule: {@code *.example.com}, or {@code *} for
 * every name.
 *
 * @param suffix with its dot; empty for every name
 */
record HostPattern(String suffix) {
  private static final String DOMAIN = ".svc.cluster.local";

  static boolean isWildcard(String host) {
    return host.startsWith("*");
  }

  static HostPattern of(String host) {
    return new HostPattern(host.substring(1));
  }

  boolean covers(ServiceId id) {
    return name(id).endsWith(suffix);
  }

  /** The one name of a service that wildcards are held against. */
  private static String name(ServiceId id) {
    return id.name.indexOf('.') >= 0 ? id.name : id.name + "." + id.namespace + DOMAIN;
  }
}
