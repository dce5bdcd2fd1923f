package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointTls;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An endpoint as JSON, in the form of docs/control-protocol.md. */
final class EndpointJson {
  private static final int HIGHEST_PORT = 65535;

  private EndpointJson() {}

  static List<Endpoint> readAll(JsonIn in) throws IOException {
    in.enterArray();
    List<Endpoint> endpoints = new ArrayList<>();
    while (in.nextElement()) {
      endpoints.add(read(in));
    }
    return endpoints;
  }

  static Endpoint read(JsonIn in) throws IOException {
    in.enterObject();
    String path = in.path();
    String uid = null;
    List<String> addresses = Collections.emptyList();
    Map<String, Integer> ports = Collections.emptyMap();
    EndpointTls tls = null;
    Health health = Health.READY;
    int weight = Endpoint.DEFAULT_WEIGHT;
    Locality locality = Locality.UNKNOWN;
    Map<String, String> labels = Collections.emptyMap();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "uid":
          uid = in.text();
          break;
        case "addresses":
          addresses = in.texts();
          break;
        case "ports":
          ports = readPorts(in);
          break;
        case "tls":
          tls = readTls(in);
          break;
        case "health":
          health = readHealth(in);
          break;
        case "weight":
          weight = in.integer(1, Integer.MAX_VALUE);
          break;
        case "locality":
          locality = readLocality(in);
          break;
        case "labels":
          labels = in.textMap();
          break;
        default:
          in.skipUnknown();
      }
    }
    if (uid == null || uid.isEmpty()) {
      throw new SnapshotFormatException(path + ".uid", "missing");
    }
    if (addresses.isEmpty()) {
      throw new SnapshotFormatException(path + ".addresses", "missing or empty");
    }
    return new Endpoint(uid, addresses, ports, tls, health, weight, locality, labels);
  }

  private static Map<String, Integer> readPorts(JsonIn in) throws IOException {
    in.enterObject();
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      ports.put(name, in.integer(1, HIGHEST_PORT));
    }
    return ports;
  }

  private static EndpointTls readTls(JsonIn in) throws IOException {
    in.enterObject();
    String path = in.path();
    int port = 0;
    String identity = "";
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "port":
          port = in.integer(1, HIGHEST_PORT);
          break;
        case "identity":
          identity = in.text();
          break;
        default:
          in.skipUnknown();
      }
    }
    if (port == 0) {
      throw new SnapshotFormatException(path + ".port", "missing");
    }
    return new EndpointTls(port, identity);
  }

  private static Health readHealth(JsonIn in) throws IOException {
    String text = in.text();
    switch (text) {
      case "ready":
        return Health.READY;
      case "suspect":
        return Health.SUSPECT;
      case "draining":
        return Health.DRAINING;
      default:
        throw in.refuse("expected ready, suspect or draining, not '" + text + "'");
    }
  }

  private static Locality readLocality(JsonIn in) throws IOException {
    try {
      return Locality.parse(in.text());
    } catch (IllegalArgumentException e) {
      throw in.refuse(e.getMessage());
    }
  }

  static void write(JsonGenerator out, Endpoint endpoint) throws IOException {
    out.writeStartObject();
    out.writeStringField("uid", endpoint.uid);
    out.writeArrayFieldStart("addresses");
    for (String address : endpoint.addresses) {
      out.writeString(address);
    }
    out.writeEndArray();
    out.writeObjectFieldStart("ports");
    for (Map.Entry<String, Integer> port : endpoint.ports.entrySet()) {
      out.writeNumberField(port.getKey(), port.getValue());
    }
    out.writeEndObject();
    if (endpoint.tls != null) {
      out.writeObjectFieldStart("tls");
      out.writeNumberField("port", endpoint.tls.port);
      out.writeStringField("identity", endpoint.tls.identity);
      out.writeEndObject();
    }
    out.writeStringField("health", endpoint.health.name().toLowerCase(Locale.ROOT));
    out.writeNumberField("weight", endpoint.weight);
    out.writeStringField("locality", endpoint.locality.toString());
    out.writeObjectFieldStart("labels");
    for (Map.Entry<String, String> label : endpoint.labels.entrySet()) {
      out.writeStringField(label.getKey(), label.getValue());
    }
    out.writeEndObject();
    out.writeEndObject();
  }
}
