package dev.meshagent.controller.compile.gateway;

import dev.meshagent.controller.compile.document.Annotations;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Problems;
import dev.meshagent.controller.compile.document.References;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** Reads an HTTPRoute or GRPCRoute as routes of one of its parents. */
public final class RouteReader {
  private static final int INTERNAL_ERROR = 500;

  private final boolean grpc;
  private final String name;
  private final Backends backends;
  private final SortedSet<Integer> ports;

  private RouteReader(
      Resource resource, References references, ServiceId called, SortedSet<Integer> ports) {
    this.grpc = resource.key().kind() == Kind.GRPC_ROUTE;
    this.name = resource.key().name();
    this.backends = new Backends(references, resource.key().namespace(), called);
    this.ports = ports;
  }

  /**
   * The routes for calls to one service that is a parent of the resource.
   *
   * @param ports of the service to which it is attached; empty for all
   * @param problems where what is wrong goes
   */
  public static List<Route> read(
      Resource resource,
      References references,
      ServiceId called,
      SortedSet<Integer> ports,
      Problems problems) {
    return new RouteReader(resource, references, called, ports).read(resource, problems);
  }

  private List<Route> read(Resource resource, Problems problems) {
    Annotations.onlyThese(Node.annotations(resource, problems));
    Node spec = Node.spec(resource, problems);
    if (!spec.texts("hostnames").isEmpty()) {
      spec.error("hostnames", "are for gateways; the parents say which service is meant");
    }
    List<Route> routes = new ArrayList<>();
    List<Node> rules = spec.objects("rules");
    if (rules.isEmpty()) {
      spec.error("rules", "is missing; write at least one");
    }
    for (int i = 0; i < rules.size(); i++) {
      routes.add(rule(rules.get(i), i));
    }
    spec.skip("parentRefs").end();
    return routes;
  }

  private Route rule(Node rule, int index) {
    Route.Builder route = new Route.Builder();
    route.name = rule.text("name", name + "#" + index);
    for (Node match : rule.objects("matches")) {
      attach(grpc ? Conditions.grpc(match) : Conditions.http(match), route);
    }
    if (route.matches.isEmpty() && !ports.isEmpty()) {
      attach(new Match.Builder(), route);
    }
    rule.refuse("sessionPersistence", "use consistentHash of a DestinationRule");
    Filters filters = Filters.ofRule(rule, backends);
    List<Backends.Backend> to = backends.weighted(rule);
    if (filters.redirect() != null) {
      redirect(rule, filters, to, route);
    } else {
      forward(rule, filters, to, route);
    }
    if (grpc) {
      if (filters.redirect() != null || filters.rewrite() != null) {
        rule.error("filters", "a gRPC call is neither redirected nor rewritten; take it out");
      }
    } else {
      Patience.read(rule, route);
    }
    prefixesOnly(rule, filters, route);
    rule.end();
    return route.build();
  }

  private void attach(Match.Builder match, Route.Builder route) {
    if (ports.isEmpty()) {
      route.match(match.build());
    }
    for (int port : ports) {
      match.port = port;
      route.match(match.build());
    }
  }

  private static void redirect(
      Node rule, Filters filters, List<Backends.Backend> to, Route.Builder route) {
    route.redirect = filters.redirect();
    if (!to.isEmpty()) {
      rule.error("backendRefs", "cannot stand beside a redirect; take one of both out");
    }
    if (!filters.request().isEmpty()
        || !filters.response().isEmpty()
        || !filters.mirrors().isEmpty()) {
      rule.error("filters", "a redirect reaches no server; take out what changes or copies calls");
    }
  }

  private static void forward(
      Node rule, Filters filters, List<Backends.Backend> to, Route.Builder route) {
    boolean anywhere = false;
    for (Backends.Backend backend : to) {
      route.to(backend.destination());
      anywhere |= backend.reachable() && backend.destination().weight > 0;
    }
    if (!anywhere) {
      if (to.isEmpty()) {
        rule.warn("backendRefs", "leads nowhere: its requests are answered with 500");
      }
      // Gateway API: what leads nowhere, or nowhere that exists, is an internal error.
      route.destinations.clear();
      route.response =
          new DirectResponse(
              INTERNAL_ERROR, Map.of(), "mesh: route " + route.name + " leads nowhere");
      return;
    }
    route.requestHeaders = filters.request();
    route.responseHeaders = filters.response();
    route.rewrite = filters.rewrite();
    route.mirrors = filters.mirrors();
  }

  /** What replaces a matched prefix needs one. */
  private static void prefixesOnly(Node rule, Filters filters, Route.Builder route) {
    boolean replaced =
        filters.redirect() != null && !filters.redirect().prefix.isEmpty()
            || filters.rewrite() != null && filters.rewrite().prefix != null;
    for (Match match : route.matches) {
      if (replaced && match.path != null && match.path.kind != StringMatch.Kind.PATH_PREFIX) {
        rule.error("filters", "replace the matched prefix, but a match has no PathPrefix");
        return;
      }
    }
  }
}
