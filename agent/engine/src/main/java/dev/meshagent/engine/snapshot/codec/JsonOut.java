package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Writes what is not the default, so that a snapshot says no more than was meant. */
final class JsonOut {
  private JsonOut() {}

  static void text(JsonGenerator out, String field, String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      out.writeStringField(field, value);
    }
  }

  static void number(JsonGenerator out, String field, long value, long usual) throws IOException {
    if (value != usual) {
      out.writeNumberField(field, value);
    }
  }

  static void decimal(JsonGenerator out, String field, double value, double usual)
      throws IOException {
    if (value != usual) {
      out.writeNumberField(field, value);
    }
  }

  static void texts(JsonGenerator out, String field, Collection<String> values) throws IOException {
    if (!values.isEmpty()) {
      out.writeArrayFieldStart(field);
      for (String value : values) {
        out.writeString(value);
      }
      out.writeEndArray();
    }
  }

  static void textMap(JsonGenerator out, String field, Map<String, String> values)
      throws IOException {
    if (!values.isEmpty()) {
      out.writeObjectFieldStart(field);
      for (Map.Entry<String, String> value : values.entrySet()) {
        out.writeStringField(value.getKey(), value.getValue());
      }
      out.writeEndObject();
    }
  }
}
