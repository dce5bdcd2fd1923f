package dev.meshagent.runtime.registration;

import dev.meshagent.runtime.config.AgentConfig;
import dev.meshagent.runtime.log.Log;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides which of the accepting sockets are offered to the mesh, and at which address:
 *
 * <ul>
 *   <li>a socket bound to an address is offered there; a wildcard one at {@code mesh.address}, else
 *       at the control connection's local address;
 *   <li>a loopback-only socket is offered only where callers can be on that loopback: the
 *       controller is reached over loopback, or {@code mesh.address} is one;
 *   <li>{@code mesh.ports} includes and excludes; ports of JMX are never offered;
 *   <li>the primary port is {@code mesh.port} (nothing is offered before it accepts), else the
 *       first accepting port of which a server library said that it serves it, else the first;
 *   <li>another port is offered only if it can be reached at an address of the primary, and no more
 *       are than the controller takes.
 * </ul>
 *
 * Thread-safe.
 */
public final class WorkloadRules {
  private static final String[] MANAGEMENT_PORTS = {
    "com.sun.management.jmxremote.port", "com.sun.management.jmxremote.rmi.port"
  };

  /** More would end the control stream (docs/control-protocol.md). */
  static final int MAX_PORTS = 256;

  static final int MAX_ADDRESSES = 16;

  private final AgentConfig config;
  private final InetAddress address;
  private final AtomicBoolean excessSaid = new AtomicBoolean();
  private final Set<Integer> managementPorts = new LinkedHashSet<>();

  public WorkloadRules(AgentConfig config, Properties properties) {
    this.config = config;
    this.address = config.address.isEmpty() ? null : literal(config.address);
    for (String key : MANAGEMENT_PORTS) {
      Integer port = number(properties.getProperty(key));
      if (port != null) {
        managementPorts.add(port);
      }
    }
  }

  /** What is offered of these sockets, the first accepting first. */
  public Workload workload(List<Listener> accepting, Map<Integer, String> protocols, Reach reach) {
    List<Listener> offered = new ArrayList<>();
    for (Listener listener : accepting) {
      int port = listener.local.getPort();
      if (config.offers(port)
          && !managementPorts.contains(port)
          && address(listener.local.getAddress(), reach) != null) {
        offered.add(listener);
      }
    }
    Listener primary = primary(offered, protocols);
    if (primary == null) {
      return Workload.NOTHING;
    }
    Set<String> addresses = new LinkedHashSet<>();
    for (Listener listener : offered) {
      if (listener.local.getPort() == primary.local.getPort()) {
        addresses.add(address(listener.local.getAddress(), reach));
      }
    }
    Set<Integer> ports = new LinkedHashSet<>();
    ports.add(primary.local.getPort());
    for (Listener listener : offered) {
      InetAddress bound = listener.local.getAddress();
      if (bound.isAnyLocalAddress() || addresses.contains(address(bound, reach))) {
        ports.add(listener.local.getPort());
      }
    }
    return new Workload(
        atMost(MAX_ADDRESSES, addresses, "addresses"), atMost(MAX_PORTS, ports, "ports"));
  }

  private <T> List<T> atMost(int limit, Set<T> all, String what) {
    List<T> some = new ArrayList<>(all);
    if (some.size() <= limit) {
      return some;
    }
    if (excessSaid.compareAndSet(false, true)) {
      Log.warn(
          config.service
              + ": of "
              + some.size()
              + " "
              + what
              + " only the first "
              + limit
              + " are offered; mesh.ports says which ports are to be");
    }
    return some.subList(0, limit);
  }

  private Listener primary(List<Listener> offered, Map<Integer, String> protocols) {
    for (Listener listener : offered) {
      int port = listener.local.getPort();
      if (config.port == 0 ? protocols.containsKey(port) : config.port == port) {
        return listener;
      }
    }
    return config.port == 0 && !offered.isEmpty() ? offered.get(0) : null;
  }

  /** The literal that callers connect to for a socket bound so, or null if they cannot. */
  private String address(InetAddress bound, Reach reach) {
    if (address != null) {
      return bound.isLoopbackAddress() && !address.isLoopbackAddress() ? null : text(address);
    }
    if (bound.isAnyLocalAddress()) {
      return text(reach.local);
    }
    return bound.isLoopbackAddress() && !reach.loopback ? null : text(bound);
  }

  /** Without the scope of IPv6, which means nothing to another host. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (java.net.UnknownHostException e) {
      // The configuration took it for a literal, so this cannot be; the address is found out then.
      return null;
    }
  }

  private static Integer number(String text) {
    try {
      return text == null ? null : Integer.valueOf(text.trim());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
