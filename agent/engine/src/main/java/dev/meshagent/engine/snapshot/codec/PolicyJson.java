package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A service's policy as JSON; docs/engine.md shows it whole. */
final class PolicyJson {
  private PolicyJson() {}

  static ServicePolicy read(JsonIn in) throws IOException {
    in.enterObject();
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "order":
          policy.order = readOrder(in);
          break;
        case "routes":
          policy.routes = readRoutes(in);
          break;
        case "traffic":
          policy.traffic = TrafficJson.read(in);
          break;
        case "portTraffic":
          policy.portTraffic = readPortTraffic(in);
          break;
        case "subsets":
          policy.subsets = readSubsets(in);
          break;
        default:
          in.skipUnknown();
      }
    }
    return policy.build();
  }

  private static ServicePolicy.Order readOrder(JsonIn in) throws IOException {
    switch (in.text()) {
      case "first":
        return ServicePolicy.Order.FIRST;
      case "mostSpecific":
        return ServicePolicy.Order.MOST_SPECIFIC;
      default:
        throw in.refuse("expected first or mostSpecific, not '" + in.text() + "'");
    }
  }

  private static Map<Integer, TrafficPolicy> readPortTraffic(JsonIn in) throws IOException {
    in.enterObject();
    Map<Integer, TrafficPolicy> traffic = new TreeMap<>();
    for (String port = in.nextField(); port != null; port = in.nextField()) {
      traffic.put(portNumber(in, port), TrafficJson.read(in));
    }
    return traffic;
  }

  private static void writePortTraffic(JsonGenerator out, Map<Integer, TrafficPolicy> traffic)
      throws IOException {
    if (!traffic.isEmpty()) {
      out.writeObjectFieldStart("portTraffic");
      for (Map.Entry<Integer, TrafficPolicy> port : traffic.entrySet()) {
        out.writeFieldName(port.getKey().toString());
        TrafficJson.write(out, port.getValue());
      }
      out.writeEndObject();
    }
  }

  private static int portNumber(JsonIn in, String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw in.refuse("the name of the field is no port");
    }
  }

  private static List<Route> readRoutes(JsonIn in) throws IOException {
    in.enterArray();
    List<Route> routes = new ArrayList<>();
    while (in.nextElement()) {
      routes.add(RouteJson.read(in));
    }
    return routes;
  }

  private static List<Subset> readSubsets(JsonIn in) throws IOException {
    in.enterArray();
    List<Subset> subsets = new ArrayList<>();
    while (in.nextElement()) {
      in.enterObject();
      String path = in.path();
      String name = "";
      Map<String, String> labels = Collections.emptyMap();
      TrafficPolicy traffic = null;
      Map<Integer, TrafficPolicy> portTraffic = Collections.emptyMap();
      for (String field = in.nextField(); field != null; field = in.nextField()) {
        switch (field) {
          case "name":
            name = in.text();
            break;
          case "labels":
            labels = in.textMap();
            break;
          case "traffic":
            traffic = TrafficJson.read(in);
            break;
          case "portTraffic":
            portTraffic = readPortTraffic(in);
            break;
          default:
            in.skipUnknown();
        }
      }
      if (name.isEmpty()) {
        throw new SnapshotFormatException(path + ".name", "missing");
      }
      subsets.add(new Subset(name, labels, traffic, portTraffic));
    }
    return subsets;
  }

  static void write(JsonGenerator out, ServicePolicy policy) throws IOException {
    out.writeStartObject();
    if (!policy.routes.isEmpty()) {
      boolean first = policy.order == ServicePolicy.Order.FIRST;
      out.writeStringField("order", first ? "first" : "mostSpecific");
      out.writeArrayFieldStart("routes");
      for (Route route : policy.routes) {
        RouteJson.write(out, route);
      }
      out.writeEndArray();
    }
    if (!policy.traffic.equals(TrafficPolicy.DEFAULT)) {
      out.writeFieldName("traffic");
      TrafficJson.write(out, policy.traffic);
    }
    writePortTraffic(out, policy.portTraffic);
    if (!policy.subsets.isEmpty()) {
      out.writeArrayFieldStart("subsets");
      for (Subset subset : policy.subsets) {
        out.writeStartObject();
        out.writeStringField("name", subset.name);
        JsonOut.textMap(out, "labels", subset.labels);
        if (subset.traffic != null) {
          out.writeFieldName("traffic");
          TrafficJson.write(out, subset.traffic);
        }
        writePortTraffic(out, subset.portTraffic);
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    out.writeEndObject();
  }
}
