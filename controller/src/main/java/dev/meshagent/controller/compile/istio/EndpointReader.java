package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
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
  private static final int HIGHEST_WEIGHT = 1_000_000;

  private EndpointReader() {}

  /**
   * The endpoint, if it is one that can be reached.
   *
   * @param identity what names it in the whole mesh; its uid is made of that
   */
  public static Optional<Endpoint> read(Node node, String identity) {
    Optional<String> address = node.text("address");
    boolean literal = address.filter(EndpointReader::isAddress).isPresent();
    if (!literal) {
      node.error(
          "address",
          address.isEmpty()
              ? "is missing; write the IP address of the process"
              : "is no IP address; this version looks up no names, so write the address");
    }
    Traits traits = traits(node);
    node.end();
    return literal
        ? Optional.of(
            new Endpoint(
                uid(identity),
                List.of(address.get()),
                traits.ports,
                null,
                Health.READY,
                traits.weight,
                traits.locality,
                traits.labels))
        : Optional.empty();
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
  record Traits(
      Map<String, Integer> ports, Map<String, String> labels, int weight, Locality locality) {
    static final Traits NONE =
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
