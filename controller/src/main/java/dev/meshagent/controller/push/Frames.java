package dev.meshagent.controller.push;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.controller.compile.MeshNames;
import dev.meshagent.controller.compile.istio.ReadinessProbe;
import dev.meshagent.engine.snapshot.ServiceId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The frames that the controller sends besides snapshots and deltas, which the engine's codec
 * writes; in the JSON of docs/control-protocol.md. Stateless.
 */
public final class Frames {
  /** What this controller speaks beyond the protocol's number. */
  private static final List<String> FEATURES = List.of("endpoints-delta");

  /** The protocol's number. */
  public static final int PROTOCOL = 1;

  private static final JsonFactory JSON = new JsonFactory();

  private Frames() {}

  public static String welcome(
      String controllerVersion, String epoch, long leaseMillis, String yourAddress) {
    return frame(
        "welcome",
        json -> {
          json.writeNumberField("protocol", PROTOCOL);
          json.writeStringField("controllerVersion", controllerVersion);
          strings(json, "features", FEATURES);
          json.writeStringField("epoch", epoch);
          json.writeNumberField("leaseMillis", leaseMillis);
          json.writeStringField("yourAddress", yourAddress);
        });
  }

  /**
   * @param index the agent's place from 0 among those that serve the same service
   */
  public static String peers(int index, int count) {
    return frame(
        "peers",
        json -> {
          json.writeNumberField("index", index);
          json.writeNumberField("count", count);
        });
  }

  /**
   * How an agent is to find out whether its process is ready; empty for not at all.
   *
   * <p>Times in ms.
   */
  public static String probe(Optional<ReadinessProbe> probe) {
    return frame(
        "probe",
        json -> {
          if (probe.isPresent()) {
            ReadinessProbe told = probe.get();
            json.writeBooleanField("http", told.http());
            json.writeStringField("host", told.host());
            json.writeNumberField("port", told.port());
            json.writeStringField("path", told.path());
            strings(json, "headers", told.headers());
            json.writeNumberField("initialDelayMillis", 1_000 * told.initialDelaySeconds());
            json.writeNumberField("periodMillis", 1_000 * told.periodSeconds());
            json.writeNumberField("timeoutMillis", 1_000 * told.timeoutSeconds());
            json.writeNumberField("successThreshold", told.successThreshold());
            json.writeNumberField("failureThreshold", told.failureThreshold());
          }
        });
  }

  public static String drained() {
    return frame("drained", json -> {});
  }

  /**
   * @param fatal whether the controller closes the connection after this
   */
  public static String error(String code, String message, boolean fatal) {
    return frame(
        "error",
        json -> {
          json.writeStringField("code", code);
          json.writeStringField("message", message);
          if (!fatal) {
            json.writeBooleanField("fatal", false);
          }
        });
  }

  static String names(
      String epoch,
      long seq,
      boolean full,
      Collection<ServiceId> added,
      Collection<ServiceId> removed) {
    return frame(
        "names",
        json -> {
          json.writeStringField("epoch", epoch);
          json.writeNumberField("seq", seq);
          json.writeBooleanField("full", full);
          json.writeArrayFieldStart("add");
          for (ServiceId service : added) {
            json.writeStartObject();
            json.writeStringField("service", service.toString());
            List<String> hosts = MeshNames.named(service).hosts;
            if (!hosts.isEmpty()) {
              strings(json, "hosts", hosts);
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          strings(json, "remove", removed.stream().map(ServiceId::toString).toList());
        });
  }

  private static void strings(JsonGenerator json, String field, Collection<String> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static String frame(String type, Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen: a StringWriter does no I/O", e);
    }
    return text.toString();
  }

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }
}
