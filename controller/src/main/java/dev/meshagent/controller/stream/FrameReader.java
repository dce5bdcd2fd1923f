package dev.meshagent.controller.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.push.Frames;
import dev.meshagent.controller.registry.Addresses;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the frames of agents, as docs/control-protocol.md has them. A frame is checked in full
 * before anything of it is used. Fields it does not know are skipped. Thread-safe.
 */
public final class FrameReader {
  /** Largest frame, in bytes. */
  public static final int MAX_FRAME = 4 * 1024 * 1024;

  /** How many services one agent may know, name in a frame or be subscribed to. */
  static final int MAX_SERVICES = 5_000;

  private static final int MAX_PORTS = 256;
  private static final int MAX_ADDRESSES = 16;
  private static final int MAX_LABELS = 256;

  /** Istio's upper bound of a WorkloadEntry's weight is that of an unsigned 32-bit number. */
  private static final int MAX_WEIGHT = 1_000_000;

  /** What may stand in the name of a resource as well. */
  private static final Pattern UID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Pattern PORT_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(MAX_FRAME)
                          .maxNumberLength(32)
                          .build())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * @throws MalformedFrame if the text is no frame, with the place that is wrong
   */
  public AgentFrame read(String text) throws MalformedFrame {
    JsonNode tree;
    try {
      tree = mapper.readTree(text);
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw MalformedFrame.at("$", "not JSON" + where + ": " + e.getOriginalMessage());
    }
    Place frame = new Place(tree, "$").object();
    String type = frame.field("type").string();
    return switch (type) {
      case "hello" -> hello(frame);
      case "register" -> new AgentFrame.Register(statement(frame.field("workload").object()));
      case "renew" -> new AgentFrame.Renew();
      case "drain" -> new AgentFrame.Drain();
      case "leave" -> new AgentFrame.Leave();
      case "subscribe" -> new AgentFrame.Subscribe(services(frame));
      case "unsubscribe" -> new AgentFrame.Unsubscribe(services(frame));
      case "ack" ->
          new AgentFrame.Ack(
              frame.field("service").service(), frame.field("epoch").string(), seq(frame));
      case "nack" ->
          new AgentFrame.Nack(
              frame.field("service").service(),
              frame.field("epoch").string(),
              seq(frame),
              frame.field("path").stringOr(""),
              frame.field("error").stringOr(""));
      case "resync" -> new AgentFrame.Resync(frame.field("service").service());
      case "telemetry" -> new AgentFrame.Telemetry(TelemetryReader.read(frame));
      default -> new AgentFrame.Unknown(type);
    };
  }

  private static long seq(Place frame) throws MalformedFrame {
    return frame.field("seq").integer(0, Long.MAX_VALUE);
  }

  private static List<ServiceId> services(Place frame) throws MalformedFrame {
    List<ServiceId> services = new ArrayList<>();
    for (Place service : frame.field("services").elements(MAX_SERVICES)) {
      services.add(service.service());
    }
    return services;
  }

  private static AgentFrame hello(Place frame) throws MalformedFrame {
    long protocol = frame.field("protocol").integer(0, Integer.MAX_VALUE);
    if (protocol != Frames.PROTOCOL) {
      throw MalformedFrame.otherProtocol(protocol, Frames.PROTOCOL);
    }
    Place uidPlace = frame.field("uid");
    String uid = uidPlace.string();
    if (!UID.matcher(uid).matches()) {
      throw uidPlace.wrong("'" + uid + "' is no identity; expected 128 random bits in hex");
    }
    List<String> features = new ArrayList<>();
    for (Place feature : frame.field("features").elements(MAX_LABELS)) {
      features.add(feature.string());
    }
    Map<ServiceId, String> known = new TreeMap<>();
    for (var entry : frame.field("known").fields(MAX_SERVICES).entrySet()) {
      known.put(entry.getValue().service(entry.getKey()), entry.getValue().string());
    }
    Optional<Place> workload = frame.field("workload").ifPresent();
    return new AgentFrame.Hello(
        uid,
        new ServiceId(frame.field("namespace").label(), name(frame.field("service"))),
        labels(frame.field("labels")),
        locality(frame.field("locality")),
        frame.field("group").stringOr(""),
        frame.field("agentVersion").stringOr(""),
        features,
        frame.field("pid").integerOr(0, 0, Long.MAX_VALUE),
        frame.field("host").stringOr(""),
        frame.field("javaVersion").stringOr(""),
        known,
        workload.isPresent() ? Optional.of(statement(workload.get().object())) : Optional.empty());
  }

  private static String name(Place place) throws MalformedFrame {
    String name = place.label();
    if (Hosts.neverMesh(name)) {
      throw place.wrong("'" + name + "' is an address to agents; use a name with a letter in it");
    }
    return name;
  }

  private static AgentFrame.Statement statement(Place workload) throws MalformedFrame {
    List<String> addresses = new ArrayList<>();
    for (Place place : workload.field("addresses").elements(MAX_ADDRESSES)) {
      String address = place.string();
      if (!NetUtil.isValidIpV4Address(address) && !NetUtil.isValidIpV6Address(address)) {
        throw place.wrong("'" + address + "' is no IP address");
      }
      if (!Addresses.connectable(address)) {
        throw place.wrong("'" + address + "' is no address of one host, which callers could reach");
      }
      addresses.add(address);
    }
    List<WorkloadPort> ports = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean primarySeen = false;
    for (Place place : workload.field("ports").elements(MAX_PORTS)) {
      place.object();
      int number = (int) place.field("port").integer(1, 65535);
      Place namePlace = place.field("name");
      String name = namePlace.stringOr("p" + number);
      if (!PORT_NAME.matcher(name).matches()) {
        throw namePlace.wrong("'" + name + "' is no port name; use at most 63 of a-z, 0-9 and '-'");
      }
      if (!names.add(name)) {
        throw namePlace.wrong("'" + name + "' names two ports");
      }
      boolean primary = place.field("primary").flag();
      if (primary && primarySeen) {
        throw place.field("primary").wrong("only one port can be the primary one");
      }
      primarySeen |= primary;
      ports.add(primary ? 0 : ports.size(), new WorkloadPort(name, number));
    }
    int weight = (int) workload.field("weight").integerOr(1, 1, MAX_WEIGHT);
    Place ready = workload.field("ready");
    return new AgentFrame.Statement(
        addresses,
        ports,
        weight,
        ready.ifPresent().isPresent() ? Optional.of(ready.flag()) : Optional.empty());
  }

  private static Map<String, String> labels(Place place) throws MalformedFrame {
    Map<String, String> labels = new TreeMap<>();
    for (var entry : place.fields(MAX_LABELS).entrySet()) {
      labels.put(entry.getKey(), entry.getValue().string());
    }
    return labels;
  }

  private static Locality locality(Place place) throws MalformedFrame {
    try {
      return Locality.parse(place.stringOr(""));
    } catch (IllegalArgumentException e) {
      throw place.wrong(e.getMessage());
    }
  }
}
