package dev.meshagent.testbed.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a simulated agent takes from a frame: enough to answer it and to know which endpoints there
 * are. Read in one pass over the whole frame, without a tree.
 *
 * @param type of the frame
 * @param service empty if the frame is not about one
 * @param hash of the policy; empty in a delta
 * @param upserted identities of the endpoints that are there (all of them, in a whole snapshot)
 * @param removed identities of those that are gone
 */
public record Told(
    String type,
    String service,
    String epoch,
    long seq,
    String hash,
    List<String> upserted,
    List<String> removed) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Whether the protocol wants an answer. */
  boolean wantsAnswer() {
    return whole() || type.equals("endpoints");
  }

  /** Whether it tells all of a service, not what changed. */
  public boolean whole() {
    return type.equals("service");
  }

  String ack() {
    return "{\"type\":\"ack\",\"service\":\""
        + service
        + "\",\"hash\":\""
        + hash
        + "\",\"epoch\":\""
        + epoch
        + "\",\"seq\":"
        + seq
        + "}";
  }

  static Told read(byte[] frame) throws IOException {
    String type = "";
    String service = "";
    String epoch = "";
    String hash = "";
    long seq = 0;
    List<String> upserted = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    try (JsonParser json = JSON.createParser(frame)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "type" -> type = json.getText();
          case "service" -> service = json.getText();
          case "epoch" -> epoch = json.getText();
          case "hash" -> hash = json.getText();
          case "seq" -> seq = json.getLongValue();
          case "endpoints", "upsert" -> identities(json, upserted);
          case "remove" -> texts(json, removed);
          default -> json.skipChildren();
        }
      }
    }
    return new Told(type, service, epoch, seq, hash, upserted, removed);
  }

  private static void identities(JsonParser json, List<String> into) throws IOException {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("uid")) {
          into.add(json.getText());
        } else {
          json.skipChildren();
        }
      }
    }
  }

  private static void texts(JsonParser json, List<String> into) throws IOException {
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      into.add(json.getText());
    }
  }
}
