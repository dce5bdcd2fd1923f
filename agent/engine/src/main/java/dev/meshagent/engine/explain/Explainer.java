package dev.meshagent.engine.explain;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.routing.Queries;
import dev.meshagent.engine.routing.RedirectTarget;
import dev.meshagent.engine.routing.Router;
import dev.meshagent.engine.routing.Rule;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Walks through the decisions for one request without making a call: the same rules, asked one by
 * one. What only a living process knows (latencies, ejections) is not in it. Pure; thread-safe.
 */
public final class Explainer {
  private Explainer() {}

  /**
   * Explains.
   *
   * @param snapshots of the called service and of those that its routes may lead to
   * @throws IllegalArgumentException if the called service's is not among them
   */
  public static Explanation explain(
      Map<ServiceId, ServiceSnapshot> snapshots,
      ServiceId called,
      Source source,
      RequestHead head) {
    ServiceSnapshot snapshot = snapshots.get(called);
    if (snapshot == null) {
      throw new IllegalArgumentException(called + ": no snapshot to explain");
    }
    List<Explanation.Asked> asked = new ArrayList<>();
    Rule rule = null;
    for (Rule each : new Router(snapshot.policy).rules()) {
      String failing = Router.failing(each, head, source);
      String name = each.route.name.isEmpty() ? "#" + each.routeIndex : each.route.name;
      asked.add(new Explanation.Asked(name, failing));
      if (failing == null) {
        rule = each;
        break;
      }
    }
    Route route =
        rule != null
            ? rule.route
            : snapshot.policy.routes.isEmpty() ? new Route.Builder().build() : null;
    RetryPolicy retry = route == null || route.retry == null ? RetryPolicy.DEFAULT : route.retry;
    String redirect = null;
    List<Explanation.Destination> destinations = Collections.emptyList();
    if (route != null && route.redirect != null) {
      redirect = RedirectTarget.of(route.redirect, head, matchedPrefix(rule, head));
    } else if (route != null && route.response == null) {
      destinations = destinations(snapshots, called, route, head);
    }
    return new Explanation(called, asked, route, redirect, destinations, retry);
  }

  private static int matchedPrefix(Rule rule, RequestHead head) {
    return rule.matchedPrefix(Queries.path(head.pathAndQuery()));
  }

  private static List<Explanation.Destination> destinations(
      Map<ServiceId, ServiceSnapshot> snapshots, ServiceId called, Route route, RequestHead head) {
    List<Destination> to =
        route.destinations.isEmpty()
            ? Collections.singletonList(Destination.subset("", 1))
            : route.destinations;
    long total = 0;
    for (Destination each : to) {
      total += each.weight;
    }
    List<Explanation.Destination> explained = new ArrayList<>();
    for (Destination each : to) {
      double percent = total == 0 ? 0 : 100.0 * each.weight / total;
      ServiceId service = each.service == null ? called : each.service;
      explained.add(destination(snapshots.get(service), service, each, percent, head));
    }
    return explained;
  }

  private static Explanation.Destination destination(
      ServiceSnapshot snapshot,
      ServiceId service,
      Destination to,
      double percent,
      RequestHead head) {
    List<Explanation.Candidate> candidates = new ArrayList<>();
    TrafficPolicy policy = null;
    String problem = null;
    if (snapshot == null) {
      problem = "nothing is known of the service";
    } else {
      Subset subset = subset(snapshot.policy, to.subset);
      PortRule ports = new PortRule(snapshot.ports, snapshot.endpoints);
      int key = ports.key(head.scheme(), to.port > 0 ? to.port : head.port());
      if (subset == null && !to.subset.isEmpty()) {
        problem = "no subset of that name is defined";
      } else {
        policy = snapshot.policy.traffic(subset, ports.number(key));
        for (Endpoint endpoint : snapshot.endpoints) {
          int port = ports.target(key, endpoint);
          if ((subset == null || subset.selects(endpoint.labels))
              && port != PortRule.NONE
              && (policy.tls != TlsMode.ISTIO_MUTUAL || endpoint.tls != null)) {
            candidates.add(new Explanation.Candidate(endpoint, port));
          }
        }
        if (candidates.isEmpty()) {
          problem =
              "none of "
                  + snapshot.endpoints.size()
                  + " endpoints has these labels, this port and the encryption that is asked for";
        }
      }
    }
    return new Explanation.Destination(service, to.subset, percent, policy, candidates, problem);
  }

  private static Subset subset(ServicePolicy policy, String name) {
    for (Subset subset : policy.subsets) {
      if (subset.name.equals(name)) {
        return subset;
      }
    }
    return null;
  }
}
