package dev.meshagent.runtime.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.runtime.registration.Workload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;

/** Writes what the agent says, as docs/control-protocol.md has it. Stateless. */
final class OutgoingFrames {
  static final int PROTOCOL = 1;

  static final String RENEW = "{\"type\":\"renew\"}";
  static final String DRAIN = "{\"type\":\"drain\"}";
  static final String LEAVE = "{\"type\":\"leave\"}";

  private static final JsonFactory JSON = new JsonFactory();

  private OutgoingFrames() {}

  static String hello(Greeting greeting, Map<ServiceId, String> known, Workload workload) {
    return frame(
        "hello",
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            json.writeNumberField("protocol", PROTOCOL);
            json.writeStringField("agentVersion", greeting.agentVersion);
            json.writeArrayFieldStart("features");
            json.writeString("endpoints-delta");
            json.writeEndArray();
            json.writeStringField("uid", greeting.identity.uid);
            json.writeStringField("namespace", greeting.namespace);
            json.writeStringField("service", greeting.service);
            json.writeObjectFieldStart("labels");
            for (Map.Entry<String, String> label : greeting.labels.entrySet()) {
              json.writeStringField(label.getKey(), label.getValue());
            }
            json.writeEndObject();
            json.writeStringField("locality", greeting.locality);
            if (!greeting.group.isEmpty()) {
              json.writeStringField("group", greeting.group);
            }
            json.writeNumberField("pid", greeting.identity.pid);
            json.writeStringField("host", greeting.identity.host);
            json.writeStringField("javaVersion", greeting.identity.javaVersion);
            json.writeObjectFieldStart("known");
            for (Map.Entry<ServiceId, String> entry : known.entrySet()) {
              json.writeStringField(entry.getKey().toString(), entry.getValue());
            }
            json.writeEndObject();
            if (!workload.isEmpty()) {
              writeWorkload(json, workload);
            }
          }
        });
  }

  static String register(Workload workload) {
    return frame(
        "register",
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            writeWorkload(json, workload);
          }
        });
  }

  static String subscribe(Collection<ServiceId> services) {
    return services("subscribe", services);
  }

  static String unsubscribe(Collection<ServiceId> services) {
    return services("unsubscribe", services);
  }

  static String resync(ServiceId service) {
    return frame(
        "resync",
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            json.writeStringField("service", service.toString());
          }
        });
  }

  static String ack(ServiceId service, String hash, String epoch, long seq) {
    return frame(
        "ack",
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            writeVersion(json, service.toString(), hash, epoch, seq);
          }
        });
  }

  /**
   * @param path the JSON path of what was refused
   * @param error why, for a person
   */
  static String nack(
      String service, String hash, String epoch, long seq, String path, String error) {
    return frame(
        "nack",
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            writeVersion(json, service, hash, epoch, seq);
            json.writeStringField("path", path);
            json.writeStringField("error", error);
          }
        });
  }

  private static String services(String type, Collection<ServiceId> services) {
    return frame(
        type,
        new Body() {
          @Override
          public void write(JsonGenerator json) throws IOException {
            json.writeArrayFieldStart("services");
            for (ServiceId service : services) {
              json.writeString(service.toString());
            }
            json.writeEndArray();
          }
        });
  }

  private static void writeVersion(
      JsonGenerator json, String service, String hash, String epoch, long seq) throws IOException {
    json.writeStringField("service", service);
    json.writeStringField("hash", hash);
    json.writeStringField("epoch", epoch);
    json.writeNumberField("seq", seq);
  }

  private static void writeWorkload(JsonGenerator json, Workload workload) throws IOException {
    json.writeObjectFieldStart("workload");
    json.writeArrayFieldStart("addresses");
    for (String address : workload.addresses) {
      json.writeString(address);
    }
    json.writeEndArray();
    json.writeNumberField("weight", 1);
    if (workload.ready != null) {
      json.writeBooleanField("ready", workload.ready);
    }
    json.writeArrayFieldStart("ports");
    for (int i = 0; i < workload.ports.size(); i++) {
      json.writeStartObject();
      json.writeStringField("name", workload.portName(i));
      json.writeNumberField("port", workload.ports.get(i));
      json.writeBooleanField("primary", i == 0);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static String frame(String type, Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }

  /** What a frame says beyond its type. */
  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }
}
