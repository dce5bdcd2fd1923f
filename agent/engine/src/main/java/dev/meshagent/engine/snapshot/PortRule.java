package dev.meshagent.engine.snapshot;

import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/**
 * What the port in a URL means on each endpoint of a service. A service with one port answers on
 * whatever port the URL names; the scheme's default port equals no port. Immutable.
 */
public final class PortRule {
  /** The URL names no port, or its scheme's. */
  public static final int UNNAMED = 0;

  /** No endpoint has that port. */
  public static final int NONE = -1;

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final List<ServicePort> mapped;
  private final boolean single;

  public PortRule(List<ServicePort> mapped, List<Endpoint> endpoints) {
    this.mapped = mapped;
    this.single = mapped.isEmpty() ? everyoneOffersOne(endpoints) : mapped.size() == 1;
  }

  private static boolean everyoneOffersOne(List<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      // Several names may be given to one number.
      if (endpoint.ports.size() > 1 && new HashSet<>(endpoint.ports.values()).size() > 1) {
        return false;
      }
    }
    return true;
  }

  /** The port of the URL as a key: {@link #UNNAMED}, or its number where that matters. */
  public int key(String scheme, int urlPort) {
    if (single || urlPort <= 0) {
      return UNNAMED;
    }
    return urlPort == ("https".equals(scheme) ? HTTPS : HTTP) ? UNNAMED : urlPort;
  }

  /** The number of the service's port that a key means. */
  public int number(int key) {
    if (key != UNNAMED) {
      return key;
    }
    ServicePort port = mapped.isEmpty() ? null : mappedPort(key);
    return port == null ? HTTP : port.port;
  }

  /** The TCP port on an endpoint that a key means, or {@link #NONE}. */
  public int target(int key, Endpoint endpoint) {
    if (mapped.isEmpty()) {
      if (key == UNNAMED || key == HTTP && !endpoint.ports.containsValue(HTTP)) {
        return primary(endpoint);
      }
      return endpoint.ports.containsValue(key) ? key : NONE;
    }
    ServicePort port = mappedPort(key);
    if (port == null) {
      return NONE;
    }
    if (port.target.isEmpty()) {
      return primary(endpoint);
    }
    Integer named = endpoint.ports.get(port.target);
    if (named != null) {
      return named;
    }
    return isNumber(port.target) ? Integer.parseInt(port.target) : NONE;
  }

  /** True if a key means the primary port of every endpoint that has one. */
  public boolean primary(int key) {
    ServicePort port = mapped.isEmpty() ? null : mappedPort(key);
    return port == null ? mapped.isEmpty() && key == UNNAMED : port.target.isEmpty();
  }

  private ServicePort mappedPort(int key) {
    for (ServicePort port : mapped) {
      if (port.port == key || key == UNNAMED && port.port == HTTP) {
        return port;
      }
    }
    return key == UNNAMED ? mapped.get(0) : null;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() < 6;
  }

  private static int primary(Endpoint endpoint) {
    return endpoint.primaryPort == 0 ? NONE : endpoint.primaryPort;
  }

  /** The ports that there are, for a person: {@code 80, 9090}. */
  public String offered(List<Endpoint> endpoints) {
    TreeSet<Integer> ports = new TreeSet<>();
    for (ServicePort port : mapped) {
      ports.add(port.port);
    }
    if (mapped.isEmpty()) {
      ports.add(HTTP);
      for (Endpoint endpoint : endpoints) {
        ports.addAll(endpoint.ports.values());
      }
    }
    String text = ports.toString();
    return text.substring(1, text.length() - 1);
  }
}
