package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import dev.meshagent.engine.snapshot.policy.StringMatch.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The conditions of a route as JSON. */
final class MatchJson {
  private MatchJson() {}

  static Match read(JsonIn in) throws IOException {
    in.enterObject();
    Match.Builder match = new Match.Builder();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "path":
          match.path = readText(in);
          break;
        case "ignorePathCase":
          match.ignorePathCase = in.bool();
          break;
        case "method":
          match.method = readText(in);
          break;
        case "scheme":
          match.scheme = readText(in);
          break;
        case "authority":
          match.authority = readText(in);
          break;
        case "headers":
          match.headers = readNamed(in);
          break;
        case "withoutHeaders":
          match.withoutHeaders = readNamed(in);
          break;
        case "query":
          match.query = readNamed(in);
          break;
        case "port":
          match.port = in.integer(1, 65535);
          break;
        case "sourceLabels":
          match.sourceLabels = in.textMap();
          break;
        case "sourceNamespace":
          match.sourceNamespace = in.text();
          break;
        case "grpcService":
          match.grpcService = readText(in);
          break;
        case "grpcMethod":
          match.grpcMethod = readText(in);
          break;
        default:
          in.skipUnknown();
      }
    }
    return match.build();
  }

  /** A condition is an object of one field, whose name is the kind. */
  private static StringMatch readText(JsonIn in) throws IOException {
    in.enterObject();
    String path = in.path();
    StringMatch match = null;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      Kind kind = kind(field);
      if (kind == null) {
        in.skipUnknown();
      } else {
        match = text(in, kind);
      }
    }
    if (match == null) {
      throw new SnapshotFormatException(path, "no kind of match that this version knows");
    }
    return match;
  }

  private static StringMatch text(JsonIn in, Kind kind) throws IOException {
    try {
      if (kind == Kind.PRESENT) {
        in.bool();
        return StringMatch.ANY;
      }
      return new StringMatch(kind, in.text());
    } catch (IllegalArgumentException e) {
      throw in.refuse(e.getMessage());
    }
  }

  private static List<NamedMatch> readNamed(JsonIn in) throws IOException {
    in.enterArray();
    List<NamedMatch> matches = new ArrayList<>();
    while (in.nextElement()) {
      in.enterObject();
      String path = in.path();
      String name = "";
      StringMatch match = null;
      for (String field = in.nextField(); field != null; field = in.nextField()) {
        if (field.equals("name")) {
          name = in.text();
        } else if (kind(field) != null) {
          match = text(in, kind(field));
        } else {
          in.skipUnknown();
        }
      }
      if (name.isEmpty() || match == null) {
        throw new SnapshotFormatException(path, "needs a name and a kind of match");
      }
      matches.add(new NamedMatch(name, match));
    }
    return matches;
  }

  private static Kind kind(String field) {
    switch (field) {
      case "exact":
        return Kind.EXACT;
      case "prefix":
        return Kind.PREFIX;
      case "pathPrefix":
        return Kind.PATH_PREFIX;
      case "regex":
        return Kind.REGEX;
      case "present":
        return Kind.PRESENT;
      default:
        return null;
    }
  }

  private static String field(Kind kind) {
    switch (kind) {
      case EXACT:
        return "exact";
      case PREFIX:
        return "prefix";
      case PATH_PREFIX:
        return "pathPrefix";
      case REGEX:
        return "regex";
      default:
        return "present";
    }
  }

  static void write(JsonGenerator out, Match match) throws IOException {
    out.writeStartObject();
    text(out, "path", match.path);
    if (match.ignorePathCase) {
      out.writeBooleanField("ignorePathCase", true);
    }
    text(out, "method", match.method);
    text(out, "scheme", match.scheme);
    text(out, "authority", match.authority);
    named(out, "headers", match.headers);
    named(out, "withoutHeaders", match.withoutHeaders);
    named(out, "query", match.query);
    JsonOut.number(out, "port", match.port, 0);
    JsonOut.textMap(out, "sourceLabels", match.sourceLabels);
    JsonOut.text(out, "sourceNamespace", match.sourceNamespace);
    text(out, "grpcService", match.grpcService);
    text(out, "grpcMethod", match.grpcMethod);
    out.writeEndObject();
  }

  private static void text(JsonGenerator out, String field, StringMatch match) throws IOException {
    if (match != null) {
      out.writeObjectFieldStart(field);
      kind(out, match);
      out.writeEndObject();
    }
  }

  private static void named(JsonGenerator out, String field, List<NamedMatch> matches)
      throws IOException {
    if (!matches.isEmpty()) {
      out.writeArrayFieldStart(field);
      for (NamedMatch each : matches) {
        out.writeStartObject();
        out.writeStringField("name", each.name);
        kind(out, each.match);
        out.writeEndObject();
      }
      out.writeEndArray();
    }
  }

  private static void kind(JsonGenerator out, StringMatch match) throws IOException {
    if (match.kind == Kind.PRESENT) {
      out.writeBooleanField("present", true);
    } else {
      out.writeStringField(field(match.kind), match.value);
    }
  }
}
