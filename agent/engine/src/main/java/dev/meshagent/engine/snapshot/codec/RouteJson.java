package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A route as JSON, but for its conditions and its actions. */
final class RouteJson {
  private RouteJson() {}

  static Route read(JsonIn in) throws IOException {
    in.enterObject();
    Route.Builder route = new Route.Builder();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "name":
          route.name = in.text();
          break;
        case "match":
          in.enterArray();
          while (in.nextElement()) {
            route.matches.add(MatchJson.read(in));
          }
          break;
        case "destinations":
          in.enterArray();
          while (in.nextElement()) {
            route.destinations.add(readDestination(in, new double[1]));
          }
          break;
        case "redirect":
          route.redirect = ActionJson.readRedirect(in);
          break;
        case "response":
          route.response = ActionJson.readResponse(in);
          break;
        case "rewrite":
          route.rewrite = ActionJson.readRewrite(in);
          break;
        case "timeoutNanos":
          route.timeoutNanos = in.number(0, Long.MAX_VALUE);
          break;
        case "retry":
          route.retry = ActionJson.readRetry(in);
          break;
        case "fault":
          route.fault = ActionJson.readFault(in);
          break;
        case "mirrors":
          route.mirrors = readMirrors(in);
          break;
        case "requestHeaders":
          route.requestHeaders = readHeaders(in);
          break;
        case "responseHeaders":
          route.responseHeaders = readHeaders(in);
          break;
        case "hedge":
          route.hedge = ActionJson.readHedge(in);
          break;
        case "sticky":
          route.sticky = readHashKey(in);
          break;
        default:
          in.skipUnknown();
      }
    }
    return route.build();
  }

  private static List<Mirror> readMirrors(JsonIn in) throws IOException {
    in.enterArray();
    List<Mirror> mirrors = new ArrayList<>();
    while (in.nextElement()) {
      double[] percent = {100};
      Destination destination = readDestination(in, percent);
      mirrors.add(new Mirror(destination, percent[0]));
    }
    return mirrors;
  }

  private static Destination readDestination(JsonIn in, double[] percent) throws IOException {
    in.enterObject();
    ServiceId service = null;
    String subset = "";
    int port = 0;
    int weight = 1;
    HeaderOps requestHeaders = HeaderOps.NONE;
    HeaderOps responseHeaders = HeaderOps.NONE;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "service":
          service = SnapshotCodec.readId(in);
          break;
        case "subset":
          subset = in.text();
          break;
        case "port":
          port = in.integer(1, 65535);
          break;
        case "weight":
          weight = in.integer(0, 1_000_000);
          break;
        case "percent":
          percent[0] = in.decimal(0, 100);
          break;
        case "requestHeaders":
          requestHeaders = readHeaders(in);
          break;
        case "responseHeaders":
          responseHeaders = readHeaders(in);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new Destination(service, subset, port, weight, requestHeaders, responseHeaders);
  }

  private static HeaderOps readHeaders(JsonIn in) throws IOException {
    in.enterObject();
    Map<String, String> set = Collections.emptyMap();
    Map<String, String> add = Collections.emptyMap();
    List<String> remove = Collections.emptyList();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "set":
          set = in.textMap();
          break;
        case "add":
          add = in.textMap();
          break;
        case "remove":
          remove = in.texts();
          break;
        default:
          in.skipUnknown();
      }
    }
    return new HeaderOps(set, add, remove);
  }

  /** A key is an object of one field: header, cookie, query or sourceIp. */
  static HashKey readHashKey(JsonIn in) throws IOException {
    in.enterObject();
    String path = in.path();
    HashKey key = null;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "header":
          key = new HashKey(HashKey.Source.HEADER, in.text());
          break;
        case "cookie":
          key = new HashKey(HashKey.Source.COOKIE, in.text());
          break;
        case "query":
          key = new HashKey(HashKey.Source.QUERY, in.text());
          break;
        case "sourceIp":
          in.bool();
          key = new HashKey(HashKey.Source.SOURCE_IP, "");
          break;
        default:
          in.skipUnknown();
      }
    }
    if (key == null) {
      throw new SnapshotFormatException(path, "needs one of header, cookie, query, sourceIp");
    }
    return key;
  }

  static void write(JsonGenerator out, Route route) throws IOException {
    out.writeStartObject();
    JsonOut.text(out, "name", route.name);
    if (!route.matches.isEmpty()) {
      out.writeArrayFieldStart("match");
      for (Match match : route.matches) {
        MatchJson.write(out, match);
      }
      out.writeEndArray();
    }
    if (!route.destinations.isEmpty()) {
      out.writeArrayFieldStart("destinations");
      for (Destination destination : route.destinations) {
        write(out, destination, 100);
      }
      out.writeEndArray();
    }
    ActionJson.write(out, route);
    JsonOut.number(out, "timeoutNanos", route.timeoutNanos, 0);
    if (!route.mirrors.isEmpty()) {
      out.writeArrayFieldStart("mirrors");
      for (Mirror mirror : route.mirrors) {
        write(out, mirror.destination, mirror.percent);
      }
      out.writeEndArray();
    }
    write(out, "requestHeaders", route.requestHeaders);
    write(out, "responseHeaders", route.responseHeaders);
    if (route.sticky != null) {
      write(out, "sticky", route.sticky);
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Destination destination, double percent)
      throws IOException {
    out.writeStartObject();
    if (destination.service != null) {
      out.writeStringField("service", destination.service.toString());
    }
    JsonOut.text(out, "subset", destination.subset);
    JsonOut.number(out, "port", destination.port, 0);
    JsonOut.number(out, "weight", destination.weight, 1);
    JsonOut.decimal(out, "percent", percent, 100);
    write(out, "requestHeaders", destination.requestHeaders);
    write(out, "responseHeaders", destination.responseHeaders);
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String field, HeaderOps headers) throws IOException {
    if (headers.isEmpty()) {
      return;
    }
    Map<String, String> add = new TreeMap<>();
    for (Map.Entry<String, List<String>> each : headers.add.entrySet()) {
      add.put(each.getKey(), String.join(",", each.getValue()));
    }
    out.writeObjectFieldStart(field);
    JsonOut.textMap(out, "set", headers.set);
    JsonOut.textMap(out, "add", add);
    JsonOut.texts(out, "remove", headers.remove);
    out.writeEndObject();
  }

  static void write(JsonGenerator out, String field, HashKey key) throws IOException {
    out.writeObjectFieldStart(field);
    if (key.source == HashKey.Source.SOURCE_IP) {
      out.writeBooleanField("sourceIp", true);
    } else {
      out.writeStringField(key.source.name().toLowerCase(Locale.ROOT), key.name);
    }
    out.writeEndObject();
  }
}
