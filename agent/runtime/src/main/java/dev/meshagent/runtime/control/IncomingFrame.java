package dev.meshagent.runtime.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.runtime.readiness.Probe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One frame from the controller, read by streaming. Which fields are expected depends on its type;
 * others are skipped and counted. Every reader throws an {@link IOException} that says what is
 * wrong with the frame.
 */
final class IncomingFrame {
  private static final JsonFactory JSON = new JsonFactory();

  final String text;

  IncomingFrame(String text) {
    this.text = text;
  }

  /** The frame's type; read without the rest where it comes first, as it should. */
  String type() throws IOException {
    try (JsonParser json = open()) {
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        if (field.equals("type")) {
          return text(json, field);
        }
        json.skipChildren();
      }
    }
    throw new IOException("the frame has no type");
  }

  /** The scalar fields of the frame itself, as text; for short frames and for refusals. */
  Map<String, String> scalars() throws IOException {
    Map<String, String> scalars = new HashMap<>();
    try (JsonParser json = open()) {
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        if (json.nextToken().isScalarValue()) {
          scalars.put(field, json.getText());
        } else {
          json.skipChildren();
        }
      }
    }
    return scalars;
  }

  /** The frame as {@code names}; counts fields that are not known. */
  NamesFrame names(UnknownFields unknownFields) throws IOException {
    String epoch = null;
    long seq = -1;
    boolean full = false;
    List<NamedService> add = Collections.emptyList();
    List<ServiceId> remove = new ArrayList<>();
    try (JsonParser json = open()) {
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "type":
            break;
          case "epoch":
            epoch = text(json, field);
            break;
          case "seq":
            seq = json.getLongValue();
            break;
          case "full":
            full = json.getBooleanValue();
            break;
          case "add":
            add = readNamedServices(json, unknownFields);
            break;
          case "remove":
            for (String service : texts(json, field)) {
              remove.add(id(service));
            }
            break;
          default:
            unknownFields.add();
            json.skipChildren();
        }
      }
    }
    if (epoch == null || seq < 0) {
      throw new IOException("names without " + (epoch == null ? "epoch" : "seq"));
    }
    return new NamesFrame(epoch, seq, full, add, remove);
  }

  /** Reads an array of services in the form of {@code names.add}; the cache uses it too. */
  static List<NamedService> readNamedServices(JsonParser json, UnknownFields unknownFields)
      throws IOException {
    List<NamedService> services = new ArrayList<>();
    expect(json, JsonToken.START_ARRAY, "add");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, JsonToken.START_OBJECT, "add[]");
      ServiceId id = null;
      List<String> hosts = Collections.emptyList();
      OnAgentError onAgentError = OnAgentError.PASSTHROUGH;
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "service":
            id = id(text(json, field));
            break;
          case "hosts":
            hosts = texts(json, field);
            break;
          case "onAgentError":
            onAgentError =
                text(json, field).equals("fail") ? OnAgentError.FAIL : OnAgentError.PASSTHROUGH;
            break;
          default:
            unknownFields.add();
            json.skipChildren();
        }
      }
      if (id == null) {
        throw new IOException("a named service without 'service'");
      }
      services.add(new NamedService(id, hosts, onAgentError));
    }
    return services;
  }

  /** The frame as {@code probe}; null if it names no port: there is no probe any more. */
  Probe probe(UnknownFields unknownFields) throws IOException {
    Probe.Builder probe = new Probe.Builder();
    try (JsonParser json = open()) {
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "type":
            break;
          case "http":
            probe.http = json.getBooleanValue();
            break;
          case "host":
            probe.host = text(json, field);
            break;
          case "port":
            probe.port = json.getIntValue();
            break;
          case "path":
            probe.path = text(json, field);
            break;
          case "headers":
            probe.headers = texts(json, field);
            break;
          case "initialDelayMillis":
            probe.initialDelayMillis = json.getLongValue();
            break;
          case "periodMillis":
            probe.periodMillis = json.getLongValue();
            break;
          case "timeoutMillis":
            probe.timeoutMillis = json.getIntValue();
            break;
          case "successThreshold":
            probe.successThreshold = json.getIntValue();
            break;
          case "failureThreshold":
            probe.failureThreshold = json.getIntValue();
            break;
          default:
            unknownFields.add();
            json.skipChildren();
        }
      }
    }
    return probe.port == 0 ? null : probe.build();
  }

  private JsonParser open() throws IOException {
    JsonParser json = JSON.createParser(text);
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("the frame is no JSON object");
    }
    return json;
  }

  private static List<String> texts(JsonParser json, String field) throws IOException {
    expect(json, JsonToken.START_ARRAY, field);
    List<String> texts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      texts.add(text(json, field));
    }
    return texts;
  }

  private static String text(JsonParser json, String field) throws IOException {
    expect(json, JsonToken.VALUE_STRING, field);
    return json.getText();
  }

  private static void expect(JsonParser json, JsonToken token, String field) throws IOException {
    if (json.currentToken() != token) {
      throw new IOException(field + ": " + json.currentToken() + " where " + token + " should be");
    }
  }

  private static ServiceId id(String text) throws IOException {
    try {
      return ServiceId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
