package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads and writes snapshots in the JSON of docs/control-protocol.md, by streaming. Malformed input
 * is refused with its path; a field that is not known is skipped and counted, unless the snapshot
 * lists it in {@code mustUnderstand}. Thread-safe.
 *
 * <p>The readers take a parser that stands before the object, at its start, or after any value in
 * it (such as that of {@code type}, by which a frame is told apart), and leave it at the object's
 * end.
 */
public final class SnapshotCodec {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final LongAdder unknownFields = new LongAdder();

  /** How many unknown fields were skipped since this codec was made. */
  public long unknownFields() {
    return unknownFields.sum();
  }

  /**
   * Reads a {@code service} frame.
   *
   * @param held the snapshot that the reader holds of that service, or null; what the frame leaves
   *     out of policy and ports is taken from it if its hash is the frame's
   * @throws SnapshotFormatException if the frame cannot be obeyed
   */
  public ServiceSnapshot readService(JsonParser parser, ServiceSnapshot held) throws IOException {
    JsonIn in = new JsonIn(parser);
    in.enterDocument();
    FrameHead head = new FrameHead();
    String hash = "";
    OnAgentError onAgentError = OnAgentError.PASSTHROUGH;
    List<String> mustUnderstand = Collections.emptyList();
    List<ServicePort> ports = null;
    ServicePolicy policy = null;
    List<Endpoint> endpoints = Collections.emptyList();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "hash":
          hash = in.text();
          break;
        case "onAgentError":
          onAgentError = readOnAgentError(in);
          break;
        case "mustUnderstand":
          mustUnderstand = in.texts();
          break;
        case "ports":
          ports = readPorts(in);
          break;
        case "policy":
          policy = PolicyJson.read(in);
          break;
        case "endpoints":
          endpoints = EndpointJson.readAll(in);
          break;
        default:
          head.read(field, in);
      }
    }
    require(head.service != null, "$.service", "missing");
    for (String path : in.unknownPaths()) {
      require(
          !mustUnderstand.contains(JsonIn.plain(path)),
          path,
          "must be understood, and this version does not know it");
    }
    unknownFields.add(in.unknownPaths().size());
    boolean known = held != null && held.id.equals(head.service) && held.hash.equals(hash);
    require(policy != null || known, "$.policy", "left out, but hash " + hash + " is not held");
    if (ports == null) {
      ports = known ? held.ports : Collections.<ServicePort>emptyList();
    }
    return new ServiceSnapshot(
        head.service,
        head.epoch == null ? "" : head.epoch,
        Math.max(0, head.seq),
        hash,
        onAgentError,
        mustUnderstand,
        ports,
        policy == null ? held.policy : policy,
        endpoints);
  }

  /** Reads an {@code endpoints} frame; see {@link #readService}. */
  public EndpointsDelta readDelta(JsonParser parser) throws IOException {
    JsonIn in = new JsonIn(parser);
    in.enterDocument();
    FrameHead head = new FrameHead();
    long from = -1;
    List<Endpoint> upsert = Collections.emptyList();
    List<String> remove = Collections.emptyList();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "from":
          from = in.number(0, Long.MAX_VALUE);
          break;
        case "upsert":
          upsert = EndpointJson.readAll(in);
          break;
        case "remove":
          remove = in.texts();
          break;
        default:
          head.read(field, in);
      }
    }
    require(head.service != null, "$.service", "missing");
    require(head.epoch != null, "$.epoch", "missing");
    require(from >= 0, "$.from", "missing");
    require(head.seq >= 0, "$.seq", "missing");
    unknownFields.add(in.unknownPaths().size());
    return new EndpointsDelta(head.service, head.epoch, from, head.seq, upsert, remove);
  }

  /**
   * Reads a {@code service} frame from text; see {@link #readService(JsonParser,ServiceSnapshot)}.
   */
  public ServiceSnapshot readService(String json, ServiceSnapshot held) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      return readService(parser, held);
    }
  }

  /** Reads an {@code endpoints} frame from text. */
  public EndpointsDelta readDelta(String json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      return readDelta(parser);
    }
  }

  /**
   * Writes a whole {@code service} frame.
   *
   * @param withPolicy false to leave out policy and ports, for a reader that holds the hash
   */
  public static void writeService(JsonGenerator out, ServiceSnapshot snapshot, boolean withPolicy)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("type", "service");
    out.writeStringField("service", snapshot.id.toString());
    out.writeStringField("epoch", snapshot.epoch);
    out.writeNumberField("seq", snapshot.seq);
    out.writeStringField("hash", snapshot.hash);
    writePolicyFields(out, snapshot, withPolicy);
    out.writeArrayFieldStart("endpoints");
    for (Endpoint endpoint : snapshot.endpoints) {
      EndpointJson.write(out, endpoint);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writePolicyFields(
      JsonGenerator out, ServiceSnapshot snapshot, boolean withPolicy) throws IOException {
    out.writeStringField("onAgentError", snapshot.onAgentError.name().toLowerCase(Locale.ROOT));
    out.writeArrayFieldStart("mustUnderstand");
    for (String path : snapshot.mustUnderstand) {
      out.writeString(path);
    }
    out.writeEndArray();
    if (withPolicy) {
      out.writeArrayFieldStart("ports");
      for (ServicePort port : snapshot.ports) {
        out.writeStartObject();
        out.writeNumberField("port", port.port);
        out.writeStringField("name", port.name);
        out.writeStringField("target", port.target);
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeFieldName("policy");
      PolicyJson.write(out, snapshot.policy);
    }
  }

  /** Writes a whole {@code endpoints} frame. */
  public static void writeDelta(JsonGenerator out, EndpointsDelta delta) throws IOException {
    out.writeStartObject();
    out.writeStringField("type", "endpoints");
    out.writeStringField("service", delta.service.toString());
    out.writeStringField("epoch", delta.epoch);
    out.writeNumberField("from", delta.from);
    out.writeNumberField("seq", delta.seq);
    out.writeArrayFieldStart("upsert");
    for (Endpoint endpoint : delta.upsert) {
      EndpointJson.write(out, endpoint);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("remove");
    for (String uid : delta.remove) {
      out.writeString(uid);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** A whole {@code service} frame as text. */
  public static String serviceFrame(ServiceSnapshot snapshot, boolean withPolicy) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      writeService(out, snapshot, withPolicy);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return text.toString();
  }

  /** A whole {@code endpoints} frame as text. */
  public static String deltaFrame(EndpointsDelta delta) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      writeDelta(out, delta);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return text.toString();
  }

  /**
   * The hash of all but the endpoints, as {@code sha256:} and hex; for whoever makes snapshots. It
   * is taken over the JSON that this codec writes, so it means something to its maker only.
   */
  public static String hash(ServiceSnapshot snapshot) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      writePolicyFields(out, snapshot, true);
      out.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      StringBuilder hex = new StringBuilder("sha256:");
      for (byte b : digest) {
        hex.append(Character.forDigit(b >> 4 & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
      }
      return hex.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static ServiceId readId(JsonIn in) throws IOException {
    try {
      return ServiceId.parse(in.text());
    } catch (IllegalArgumentException e) {
      throw in.refuse(e.getMessage());
    }
  }

  private static OnAgentError readOnAgentError(JsonIn in) throws IOException {
    String text = in.text();
    switch (text) {
      case "passthrough":
        return OnAgentError.PASSTHROUGH;
      case "fail":
        return OnAgentError.FAIL;
      default:
        throw in.refuse("expected passthrough or fail, not '" + text + "'");
    }
  }

  private static List<ServicePort> readPorts(JsonIn in) throws IOException {
    in.enterArray();
    List<ServicePort> ports = new ArrayList<>();
    while (in.nextElement()) {
      in.enterObject();
      String path = in.path();
      int port = 0;
      String name = "";
      String target = "";
      for (String field = in.nextField(); field != null; field = in.nextField()) {
        switch (field) {
          case "port":
            port = in.integer(1, 65535);
            break;
          case "name":
            name = in.text();
            break;
          case "target":
            target = in.text();
            break;
          default:
            in.skipUnknown();
        }
      }
      require(port != 0, path + ".port", "missing");
      ports.add(new ServicePort(port, name, target));
    }
    return ports;
  }

  private static void require(boolean holds, String path, String reason)
      throws SnapshotFormatException {
    if (!holds) {
      throw new SnapshotFormatException(path, reason);
    }
  }
}
