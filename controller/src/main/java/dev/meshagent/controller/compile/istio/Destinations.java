package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.References;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Mirror;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Reads where a route of a VirtualService leads. */
final class Destinations {
  private static final int HIGHEST_PORT = 65535;

  /** Sums of a few thousand of these still fit the engine's arithmetic. */
  private static final int HIGHEST_WEIGHT = 1_000_000;

  private final References references;
  private final ServiceId called;

  Destinations(References references, ServiceId called) {
    this.references = references;
    this.called = called;
  }

  /** The weighted destinations at {@code route}. */
  List<Destination> weighted(Node http) {
    List<Node> nodes = http.objects("route");
    if (http.has("route") && nodes.isEmpty()) {
      http.error("route", "is empty; write at least one destination");
    }
    List<Destination> destinations = new ArrayList<>();
    long total = 0;
    for (Node node : nodes) {
      OptionalInt weight = node.integer("weight", 0, HIGHEST_WEIGHT);
      // Istio: the only destination takes everything, weight or not.
      int share = nodes.size() == 1 ? 1 : weight.orElse(0);
      total += share;
      HeaderChanges headers = HeaderChanges.at(node);
      node.requireObject("destination");
      node.object("destination").map(to -> one(to, share, headers)).ifPresent(destinations::add);
      node.end();
    }
    if (!nodes.isEmpty() && total == 0) {
      http.error("route", "has no weight at all, so no call could go anywhere; give weights");
    }
    return destinations;
  }

  List<Mirror> mirrors(Node http) {
    List<Mirror> mirrors = new ArrayList<>();
    if (http.has("mirror") && http.has("mirrors")) {
      http.error("mirror", "cannot stand beside mirrors; move it there");
    }
    http.object("mirror")
        .ifPresent(
            to -> {
              double percent =
                  http.has("mirrorPercentage")
                      ? Percentages.at(http, "mirrorPercentage")
                      : http.number("mirrorPercent", 0, 100).orElse(100);
              mirrors.add(new Mirror(one(to, 0, HeaderChanges.NONE), percent));
            });
    http.atMostOne("mirrorPercentage", "mirrorPercent");
    for (String percentage : http.present("mirrorPercentage", "mirrorPercent")) {
      if (!http.has("mirror")) {
        http.error(percentage, "stands without mirror; take it out, or name one");
      }
    }
    for (Node node : http.objects("mirrors")) {
      double percent = node.has("percentage") ? Percentages.at(node, "percentage") : 100;
      node.requireObject("destination");
      node.object("destination")
          .ifPresent(to -> mirrors.add(new Mirror(one(to, 0, HeaderChanges.NONE), percent)));
      node.end();
    }
    return mirrors;
  }

  private Destination one(Node to, int weight, HeaderChanges headers) {
    String host = to.required("host");
    String subset = to.text("subset", "");
    int port =
        to.object("port")
            .map(
                node -> {
                  OptionalInt number = node.integer("number", 1, HIGHEST_PORT);
                  if (!node.has("number")) {
                    node.error("number", "is missing; write the number of the service's port");
                  }
                  node.end();
                  return number.orElse(0);
                })
            .orElse(0);
    to.end();
    ServiceId service = called;
    if (!host.isEmpty()) {
      if (host.indexOf('*') >= 0) {
        to.error("host", "is a wildcard; a destination is one service");
      } else {
        service = references.service(host);
        warnIfDangling(to, service, subset);
      }
    }
    return new Destination(
        service.equals(called) ? null : service,
        subset,
        port,
        weight,
        headers.request(),
        headers.response());
  }

  private void warnIfDangling(Node to, ServiceId service, String subset) {
    if (!references.exists(service)) {
      to.warn(
          "host",
          "no service "
              + service
              + " is known (yet): calls that go there fail until a workload registers as it, or a"
              + " Service or ServiceEntry declares it");
    } else if (!subset.isEmpty() && !references.hasSubset(service, subset)) {
      to.warn(
          "subset",
          "no DestinationRule for "
              + service
              + " defines this subset (yet): calls that go there fail until one does");
    }
  }
}
