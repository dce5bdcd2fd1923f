package dev.meshagent.controller.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.compile.Compiled;
import dev.meshagent.controller.compile.Membership;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.engine.explain.Explainer;
import dev.meshagent.engine.explain.Explanation;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Route;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Explains a request by the engine itself, on the very snapshots that its caller is told. Runs on
 * the loop.
 */
final class Explanations {
  private final Directory directory;

  Explanations(Directory directory) {
    this.directory = directory;
  }

  ObjectNode of(AskedRequest asked) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ServiceId called =
        Hosts.neverMesh(asked.host())
            ? null
            : directory
                .names(asked.caller().namespace())
                .resolve(asked.host(), asked.caller().namespace());
    if (called == null) {
      answer.putNull("service");
      answer.put(
          "text",
          asked.host()
              + " is no name of the mesh to callers in "
              + asked.caller().namespace()
              + ": the request is left alone\n");
      return answer;
    }
    Map<ServiceId, ServiceSnapshot> snapshots = new HashMap<>();
    add(called, asked, snapshots);
    for (Route route : snapshots.get(called).policy.routes) {
      for (Destination to : route.destinations) {
        if (to.service != null) {
          add(to.service, asked, snapshots);
        }
      }
    }
    Explanation explanation =
        Explainer.explain(
            snapshots,
            called,
            new Source(asked.caller().namespace(), asked.caller().labels()),
            asked);
    describe(explanation, answer);
    Compiled policy =
        directory.find(called).map((ServiceView v) -> v.policy(asked.caller())).orElseThrow();
    ArrayNode from = answer.putArray("from");
    policy.from().forEach(key -> from.add(key.toString()));
    answer.put("hash", policy.settings().hash);
    answer.put("version", directory.rollouts().obeyed());
    answer.put("text", explanation + lookedUp(snapshots.keySet(), answer));
    return answer;
  }

  /** Tells what the names stand for that are looked up for these services; a line for each. */
  private String lookedUp(Set<ServiceId> services, ObjectNode answer) {
    HostAddresses addresses = directory.membership().addresses();
    Set<String> names = new TreeSet<>();
    for (ServiceId id : services) {
      directory.policies().names().declaration(id).map(Membership::names).ifPresent(names::addAll);
    }
    if (names.isEmpty()) {
      return "";
    }
    ArrayNode told = answer.putArray("names");
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      ObjectNode one = told.addObject().put("host", name);
      addresses.of(name).forEach(one.putArray("addresses")::add);
      one.put("message", addresses.text(name));
      text.append("looked up: ").append(addresses.text(name)).append('\n');
    }
    return text.toString();
  }

  private void add(ServiceId id, AskedRequest asked, Map<ServiceId, ServiceSnapshot> snapshots) {
    directory.snapshot(id, asked.caller()).ifPresent(snapshot -> snapshots.put(id, snapshot));
  }

  private static void describe(Explanation explanation, ObjectNode answer) {
    answer.put("service", explanation.service.toString());
    ArrayNode rules = answer.putArray("rules");
    for (Explanation.Asked each : explanation.asked) {
      ObjectNode rule = rules.addObject().put("route", each.route);
      rule.put("fits", each.failing == null);
      if (each.failing != null) {
        rule.put("why", each.failing);
      }
    }
    Route route = explanation.route;
    if (route == null) {
      answer.put("outcome", "noRoute").put("status", 404);
    } else if (explanation.redirect != null) {
      answer.put("outcome", "redirect").put("status", route.redirect.status);
      answer.put("location", explanation.redirect);
    } else if (route.response != null) {
      answer.put("outcome", "respond").put("status", route.response.status);
    } else {
      answer.put("outcome", "forward");
      forward(explanation, route, answer);
    }
  }

  private static void forward(Explanation explanation, Route route, ObjectNode answer) {
    answer.put("route", route.name);
    answer.put("timeoutMillis", TimeUnit.NANOSECONDS.toMillis(route.timeoutNanos));
    answer.put("retries", explanation.retry.toString());
    if (route.fault != null) {
      ObjectNode fault = answer.putObject("fault");
      fault.put("delayPercent", route.fault.delayPercent);
      fault.put("delayMillis", TimeUnit.NANOSECONDS.toMillis(route.fault.delayNanos));
      fault.put("abortPercent", route.fault.abortPercent);
      fault.put("abortStatus", route.fault.abortStatus);
    }
    ArrayNode destinations = answer.putArray("destinations");
    for (Explanation.Destination each : explanation.destinations) {
      ObjectNode to = destinations.addObject();
      to.put("service", each.service.toString());
      to.put("subset", each.subset);
      to.put("percent", each.percent);
      if (each.problem != null) {
        to.put("problem", each.problem);
      }
      ArrayNode endpoints = to.putArray("endpoints");
      for (Explanation.Candidate candidate : each.candidates) {
        ObjectNode endpoint = endpoints.addObject();
        endpoint.put("uid", candidate.endpoint.uid);
        endpoint.put("address", candidate.endpoint.address);
        endpoint.put("port", candidate.port);
        endpoint.put("health", candidate.endpoint.health.name().toLowerCase(java.util.Locale.ROOT));
        candidate.endpoint.labels.forEach(endpoint.putObject("labels")::put);
      }
    }
  }
}
