package dev.meshagent.controller.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value inside a frame together with its JSON path, so that whatever is wrong with it can be said
 * with its place. Immutable.
 */
record Place(JsonNode value, String path) {
  private static final int MAX_STRING = 4096;

  /** RFC 1123 §2.1. */
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  Place field(String name) {
    return new Place(value.path(name), path + "." + name);
  }

  boolean absent() {
    return value.isMissingNode() || value.isNull();
  }

  MalformedFrame wrong(String problem) {
    return MalformedFrame.at(path, problem);
  }

  Place object() throws MalformedFrame {
    if (!value.isObject()) {
      throw wrong("expected an object, got " + shown());
    }
    return this;
  }

  /** The first elements of an array; none if it is absent. */
  List<Place> firstElements(int atMost) throws MalformedFrame {
    List<Place> all = elements(Integer.MAX_VALUE);
    return all.subList(0, Math.min(atMost, all.size()));
  }

  /** The elements of an array; none if it is absent. */
  List<Place> elements(int atMost) throws MalformedFrame {
    if (absent()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong("expected an array, got " + shown());
    }
    if (value.size() > atMost) {
      throw wrong("has " + value.size() + " elements; at most " + atMost + " are allowed");
    }
    List<Place> elements = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      elements.add(new Place(value.get(i), path + "[" + i + "]"));
    }
    return elements;
  }

  /** The fields of an object by name; none if it is absent. */
  Map<String, Place> fields(int atMost) throws MalformedFrame {
    if (absent()) {
      return Map.of();
    }
    object();
    if (value.size() > atMost) {
      throw wrong("has " + value.size() + " fields; at most " + atMost + " are allowed");
    }
    Map<String, Place> fields = new LinkedHashMap<>();
    value.fieldNames().forEachRemaining(name -> fields.put(name, field(name)));
    return fields;
  }

  String string() throws MalformedFrame {
    return string(MAX_STRING);
  }

  String string(int atMost) throws MalformedFrame {
    if (!value.isTextual()) {
      throw wrong("expected a string, got " + shown());
    }
    String text = value.textValue();
    if (text.length() > atMost) {
      throw wrong("has " + text.length() + " characters; at most " + atMost + " are allowed");
    }
    return text;
  }

  String stringOr(String absent) throws MalformedFrame {
    return absent() ? absent : string();
  }

  long integer(long least, long most) throws MalformedFrame {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw wrong("expected a whole number from " + least + " to " + most + ", got " + shown());
    }
    return value.longValue();
  }

  long integerOr(long absent, long least, long most) throws MalformedFrame {
    return absent() ? absent : integer(least, most);
  }

  boolean flag() throws MalformedFrame {
    if (!absent() && !value.isBoolean()) {
      throw wrong("expected true or false, got " + shown());
    }
    return value.booleanValue();
  }

  ServiceId service() throws MalformedFrame {
    return service(string());
  }

  ServiceId service(String text) throws MalformedFrame {
    try {
      ServiceId id = ServiceId.parse(text);
      if (id.name.length() > 253 || id.namespace.length() > 63) {
        throw wrong("'" + text + "' is too long for a service's name");
      }
      return id;
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  /** A DNS label in lower case, as services and namespaces are named. */
  String label() throws MalformedFrame {
    String text = string();
    if (!DNS_LABEL.matcher(text).matches() || text.equals("localhost")) {
      throw wrong(
          "'"
              + text
              + "' is no name for a service or namespace; use a DNS label: at most 63 of a-z, 0-9"
              + " and '-', not 'localhost'");
    }
    return text;
  }

  Optional<Place> ifPresent() {
    return absent() ? Optional.empty() : Optional.of(this);
  }

  private String shown() {
    if (value.isMissingNode()) {
      return "nothing";
    }
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
