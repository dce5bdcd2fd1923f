package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cursor over one JSON object that knows where it stands: every refusal names the path. Unknown
 * fields are skipped and remembered, since only the end of the object tells whether one of them had
 * to be understood. Loops rather than lambdas, because it is on the way to a process's first call.
 */
final class JsonIn {
  private final JsonParser parser;
  private final List<String> unknownPaths = new ArrayList<>();

  JsonIn(JsonParser parser) {
    this.parser = parser;
  }

  /** Stands in an object: at its start, or after any of its values. */
  void enterDocument() throws IOException {
    JsonToken token = parser.currentToken() == null ? advance() : parser.currentToken();
    if (token == JsonToken.FIELD_NAME) {
      throw refuse("the parser stands at a field's name; move it to the value");
    }
    if (parser.getParsingContext().inRoot()) {
      expect(token, JsonToken.START_OBJECT, "an object");
    }
  }

  void enterObject() throws IOException {
    expect(parser.currentToken(), JsonToken.START_OBJECT, "an object");
  }

  void enterArray() throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, "an array");
  }

  /** Moves to the value of the next field and returns its name; null at the object's end. */
  String nextField() throws IOException {
    if (advance() == JsonToken.END_OBJECT) {
      return null;
    }
    String name = parser.currentName();
    advance();
    return name;
  }

  /** Moves to the next element; false at the array's end. */
  boolean nextElement() throws IOException {
    return advance() != JsonToken.END_ARRAY;
  }

  private JsonToken advance() throws IOException {
    JsonToken token;
    try {
      token = parser.nextToken();
    } catch (JsonProcessingException e) {
      throw refuse("not JSON: " + e.getOriginalMessage());
    }
    if (token == null) {
      throw refuse("ends too early");
    }
    return token;
  }

  String text() throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_STRING, "a string");
    try {
      return parser.getText();
    } catch (JsonProcessingException e) {
      throw refuse("not JSON: " + e.getOriginalMessage());
    }
  }

  boolean bool() throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw refuse("expected true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  long number(long least, long most) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "an integer");
    long value;
    try {
      value = parser.getLongValue();
    } catch (JsonProcessingException e) {
      throw refuse("expected an integer from " + least + " to " + most);
    }
    if (value < least || value > most) {
      throw refuse("expected an integer from " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  int integer(int least, int most) throws IOException {
    return (int) number(least, most);
  }

  double decimal(double least, double most) throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw refuse("expected a number");
    }
    double value = parser.getDoubleValue();
    if (!(value >= least && value <= most)) {
      throw refuse("expected a number from " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  List<String> texts() throws IOException {
    enterArray();
    List<String> texts = new ArrayList<>();
    while (nextElement()) {
      texts.add(text());
    }
    return texts;
  }

  Map<String, String> textMap() throws IOException {
    enterObject();
    Map<String, String> map = new LinkedHashMap<>();
    for (String key = nextField(); key != null; key = nextField()) {
      map.put(key, text());
    }
    return map;
  }

  /** Skips the value of a field that this version does not know. */
  void skipUnknown() throws IOException {
    unknownPaths.add(path());
    try {
      parser.skipChildren();
    } catch (JsonProcessingException e) {
      throw refuse("not JSON: " + e.getOriginalMessage());
    }
  }

  List<String> unknownPaths() {
    return unknownPaths;
  }

  SnapshotFormatException refuse(String reason) {
    return new SnapshotFormatException(path(), reason);
  }

  private void expect(JsonToken token, JsonToken wanted, String words)
      throws SnapshotFormatException {
    if (token != wanted) {
      throw refuse("expected " + words);
    }
  }

  String path() {
    StringBuilder path = new StringBuilder();
    JsonStreamContext context = parser.getParsingContext();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      context = context.getParent();
    }
    for (; context != null && !context.inRoot(); context = context.getParent()) {
      if (context.inArray()) {
        path.insert(0, "[" + context.getCurrentIndex() + "]");
      } else if (context.getCurrentName() != null) {
        path.insert(0, "." + context.getCurrentName());
      }
    }
    return path.insert(0, "$").toString();
  }

  /** The path as {@code mustUnderstand} writes it: without {@code $.} and without indexes. */
  static String plain(String path) {
    return path.replaceAll("\\[\\d+\\]", "").replaceFirst("^\\$\\.?", "");
  }
}
