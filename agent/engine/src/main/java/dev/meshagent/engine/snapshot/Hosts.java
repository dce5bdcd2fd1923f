package dev.meshagent.engine.snapshot;

import java.util.Locale;

/** What a host's text says by itself: an address, this machine, or a name. */
public final class Hosts {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 253;

  private Hosts() {}

  /** Lower case, without a trailing dot. */
  public static String canonical(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** True for what can never be a mesh name: empty, {@code localhost}, an IP literal. */
  public static boolean neverMesh(String host) {
    if (host == null || host.isEmpty()) {
      return true;
    }
    String name = canonical(host);
    return name.isEmpty()
        || name.equals("localhost")
        || name.endsWith(".localhost")
        || isIpLiteral(name);
  }

  /** True for IPv6, with or without brackets, and for anything that ends like IPv4. */
  public static boolean isIpLiteral(String host) {
    if (host.indexOf(':') >= 0) {
      return true;
    }
    // No top-level domain is a number, so a numeric last label makes an IPv4 address (WHATWG URL).
    int start = host.lastIndexOf('.') + 1;
    if (start == host.length()) {
      return false;
    }
    for (int i = start; i < host.length(); i++) {
      if (host.charAt(i) < '0' || host.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** True for a DNS label as RFC 1123 has it. */
  public static boolean isLabel(String text) {
    if (text.isEmpty() || text.length() > LONGEST_LABEL) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean edge = i == 0 || i == text.length() - 1;
      if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' && !edge)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Refuses what cannot name a service.
   *
   * @throws IllegalArgumentException saying why
   */
  public static void requireServiceName(ServiceId id) {
    String problem = problem(id);
    if (problem != null) {
      throw new IllegalArgumentException("service " + id + ": " + problem);
    }
  }

  /** True if {@link #requireServiceName} takes it. */
  public static boolean namesService(ServiceId id) {
    return problem(id) == null;
  }

  private static String problem(ServiceId id) {
    if (!isLabel(id.namespace)) {
      return "namespace '" + id.namespace + "' is no DNS label";
    }
    if (neverMesh(id.name)) {
      return "'" + id.name + "' cannot name a service";
    }
    if (id.name.length() > LONGEST_NAME) {
      return "name is longer than 253 characters";
    }
    String rest = id.name.startsWith("*.") ? id.name.substring(2) : id.name;
    for (String label : rest.split("\\.", -1)) {
      if (!isLabel(label)) {
        return "'" + label + "' is no DNS label";
      }
    }
    return null;
  }

  /** An address and a port as in a URL: IPv6 literals are in brackets (RFC 3986 §3.2.2). */
  public static String withPort(String address, int port) {
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
  }
}
