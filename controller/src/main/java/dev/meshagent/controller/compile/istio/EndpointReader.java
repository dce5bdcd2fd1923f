package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.Locality;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a WorkloadEntry's spec, which is also how a ServiceEntry and a WorkloadGroup write one.
 * Stateless.
 */
public final class EndpointReader {
  private static final int HIGHEST_PORT = 65535;
  private static final int LONGEST_NAME = 253;
  private static final int HIGHEST_WEIGHT = 1_000_000;

  private EndpointReader() {}

  /**
   * The endpoints: one for each address that a name stands for, none while it stands for none.
   *
   * @param identity what names it in the whole mesh; uids are made of that
   * @param names what names stand for; empty where only addresses may be written
   */
  public static List<Endpoint> read(Node node, String identity, Optional<HostAddresses> names) {
    String address = node.text("address", "");
    boolean literal = isAddress(address);
    if (!literal && (names.isEmpty() || !isName(address))) {
      node.error("address", problem(address, names.isPresent()));
    }
    Traits traits = traits(node);
    node.end();
    if (literal) {
      return List.of(endpoint(identity, address, traits));
    }
    return named(address, identity, traits, names.orElse(HostAddresses.NONE));
  }

  private static String problem(String address, boolean mayBeName) {
    if (address.isEmpty()) {
      return "is missing; write the address of the process";
    }
    return mayBeName
        ? "is neither an IP address nor a name of a host"
        : "is no IP address; write one, or resolution DNS if the name is to be looked up";
  }

  /** The endpoints that a name stands for. */
  public static List<Endpoint> named(
      String host, String identity, Traits traits, HostAddresses names) {
    return names.of(Hosts.canonical(host)).stream()
        .map(address -> endpoint(identity + "@" + address, address, traits))
        .toList();
  }

  private static Endpoint endpoint(String identity, String address, Traits traits) {
    return new Endpoint(
        uid(identity),
        List.of(address),
        traits.ports,
        null,
        Health.READY,
        traits.weight,
        traits.locality,
        traits.labels);
  }

  /** The name that has to be looked up to know an address that is written; empty if it is one. */
  public static Optional<String> nameIn(String address) {
    return isAddress(address) || !isName(address)
        ? Optional.empty()
        : Optional.of(Hosts.canonical(address));
  }

  /** Letters, digits, hyphens and underscores between dots, as name servers have them. */
  static boolean isName(String text) {
    return text.length() <= LONGEST_NAME
        && text.matches("([0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?\\.?)+")
        && !text.matches("[0-9.]+");
  }

  /** All that is said of an endpoint but where it is. */
  static Traits traits(Node node) {
    node.refuse("network", "every address is reached directly");
    node.refuse("serviceAccount", "calls are not encrypted yet, so nobody has an identity");
    return new Traits(
        node.integerMap("ports", 1, HIGHEST_PORT),
        node.textMap("labels"),
        Math.max(1, node.integer("weight", 0, HIGHEST_WEIGHT, Endpoint.DEFAULT_WEIGHT)),
        locality(node));
  }

  /** What endpoints may have in common. */
  public record Traits(
      Map<String, Integer> ports, Map<String, String> labels, int weight, Locality locality) {
    public static final Traits NONE =
        new Traits(Map.of(), Map.of(), Endpoint.DEFAULT_WEIGHT, Locality.UNKNOWN);
  }

  private static boolean isAddress(String text) {
    return text.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}")
        || text.indexOf(':') >= 0 && text.matches("[0-9A-Fa-f:.]+") && Hosts.isIpLiteral(text);
  }

  /** 32 of 0-9 and a-f, as the protocol allows a uid, and the same for the same identity. */
  private static String uid(String identity) {
    return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  private static Locality locality(Node node) {
    try {
      return Locality.parse(node.text("locality", ""));
    } catch (IllegalArgumentException e) {
      node.error("locality", "write region/zone/subzone");
      return Locality.UNKNOWN;
    }
  }
}
