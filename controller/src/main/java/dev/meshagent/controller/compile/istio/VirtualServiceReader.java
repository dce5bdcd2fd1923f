package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Exports;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.compile.document.References;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a VirtualService as the routes of one of its hosts. */
public final class VirtualServiceReader {
  /** What only a call that is forwarded can have. */
  private static final List<String> FORWARDING =
      List.of(
          "rewrite",
          "timeout",
          "retries",
          "fault",
          "mirror",
          "mirrors",
          "mirrorPercentage",
          "mirrorPercent");

  private final Destinations destinations;

  private VirtualServiceReader(References references, ServiceId called) {
    this.destinations = new Destinations(references, called);
  }

  /**
   * The routes for calls to one service that the resource's hosts name.
   *
   * @param problems where what is wrong goes
   */
  public static List<Route> read(
      Resource resource, References references, ServiceId called, Problems problems) {
    return new VirtualServiceReader(references, called).read(resource, problems);
  }

  private List<Route> read(Resource resource, Problems problems) {
    Node spec = Node.spec(resource, problems);
    RouteAnnotations annotations = RouteAnnotations.of(resource, problems);
    Gateways.check(spec);
    Exports.check(spec);
    spec.refuse("tls", "only HTTP and gRPC calls are routed");
    spec.refuse("tcp", "only HTTP and gRPC calls are routed");
    List<Route> routes = new ArrayList<>();
    List<Node> https = spec.objects("http");
    if (https.isEmpty()) {
      spec.error("http", "is missing; write at least one route");
    }
    for (Node http : https) {
      read(http, annotations, routes);
    }
    spec.skip("hosts").end();
    return routes;
  }

  private void read(Node http, RouteAnnotations annotations, List<Route> into) {
    Route.Builder route = new Route.Builder();
    HeaderChanges headers = HeaderChanges.at(http);
    http.refuse("corsPolicy", "a browser's rules are for gateways");
    http.refuse("delegate", "write the routes here");
    if (http.exactlyOne("route", "redirect", "directResponse") && http.has("route")) {
      route.destinations = destinations.weighted(http);
      route.requestHeaders = headers.request();
      route.responseHeaders = headers.response();
      route.rewrite = RewriteReader.at(http).orElse(null);
      route.timeoutNanos = http.nanos("timeout").orElse(0);
      route.retry = RetryReader.at(http).orElse(null);
      route.fault = FaultReader.at(http).orElse(null);
      route.mirrors = destinations.mirrors(http);
      route.hedge = annotations.hedge();
      route.sticky = annotations.sticky();
    } else {
      answered(http, headers, route);
    }
    String name = http.text("name", "");
    List<Node> matches = http.objects("match");
    if (http.has("match") && matches.isEmpty()) {
      http.error("match", "is empty; leave it out to match every request");
    }
    matched(name, matches, route, into);
    http.end();
  }

  private void answered(Node http, HeaderChanges headers, Route.Builder route) {
    String why = "a redirect or direct response never reaches a server; take one of both out";
    FORWARDING.forEach(field -> http.refuse(field, why));
    Optional<Redirect> redirect = AnswerReader.redirect(http);
    Optional<DirectResponse> response = AnswerReader.response(http, headers);
    route.redirect = redirect.orElse(null);
    route.response = response.orElse(null);
    boolean obeyed =
        headers.request().isEmpty()
            && headers.response().remove.isEmpty()
            && (redirect.isEmpty() || headers.response().isEmpty());
    if (!obeyed) {
      http.error(
          "headers",
          "change what is forwarded; only a directResponse can have response headers to set or"
              + " add");
    }
  }

  /** A match's own name makes it a route of its own, called as Istio calls it: route.match. */
  private static void matched(
      String name, List<Node> matches, Route.Builder route, List<Route> into) {
    List<Match> unnamed = new ArrayList<>();
    for (Node node : matches) {
      String own = node.text("name", "");
      Match match = MatchReader.read(node);
      if (own.isEmpty()) {
        unnamed.add(match);
        continue;
      }
      if (!unnamed.isEmpty()) {
        into.add(build(route, name, unnamed));
        unnamed = new ArrayList<>();
      }
      into.add(build(route, name.isEmpty() ? own : name + "." + own, List.of(match)));
    }
    if (!unnamed.isEmpty() || matches.isEmpty()) {
      into.add(build(route, name, unnamed));
    }
  }

  private static Route build(Route.Builder route, String name, List<Match> matches) {
    route.name = name;
    route.matches = matches;
    return route.build();
  }
}
