package dev.meshagent.it.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What one subscriber is told of some services, and of every endpoint that was taken away from it.
 * Thread-safe.
 */
final class WatchedView {
  private final List<String> services;
  private final ControlClient client;
  private final Map<String, Set<String>> endpoints = new HashMap<>();
  private final List<String> removed = new ArrayList<>();
  private final Set<String> epochs = new HashSet<>();

  WatchedView(
      HttpClient http, ScheduledExecutorService timer, URI controller, List<String> services) {
    this.services = services;
    this.client = new ControlClient(http, timer, controller, this::greeting, this::told);
  }

  private List<ObjectNode> greeting() {
    ObjectNode hello =
        ControlClient.frame("hello")
            .put("protocol", 1)
            .put("agentVersion", "test")
            .put("uid", "watcher")
            .put("namespace", "default")
            .put("service", "watcher");
    hello.putArray("features").add("endpoints-delta");
    hello.putObject("labels").put("app", "watcher");
    hello.putObject("known");
    ObjectNode subscribe = ControlClient.frame("subscribe");
    ArrayNode wanted = subscribe.putArray("services");
    services.forEach(wanted::add);
    return List.of(hello, subscribe);
  }

  private synchronized void told(JsonNode frame) {
    String type = frame.path("type").asText();
    if (!type.equals("service") && !type.equals("endpoints")) {
      return;
    }
    String service = frame.path("service").asText();
    Set<String> known = endpoints.computeIfAbsent(service, any -> new HashSet<>());
    if (type.equals("service")) {
      // The first of an epoch takes nothing away: an agent keeps for a lease what it does not list.
      boolean newEpoch = epochs.add(service + " " + frame.path("epoch").asText());
      Set<String> listed = new HashSet<>();
      frame.path("endpoints").forEach(endpoint -> listed.add(endpoint.path("uid").asText()));
      if (!newEpoch) {
        known.stream().filter(uid -> !listed.contains(uid)).forEach(removed::add);
      }
      known.clear();
      known.addAll(listed);
    } else {
      frame.path("upsert").forEach(endpoint -> known.add(endpoint.path("uid").asText()));
      for (JsonNode uid : frame.path("remove")) {
        removed.add(uid.asText());
        known.remove(uid.asText());
      }
    }
    ObjectNode ack =
        ControlClient.frame("ack")
            .put("service", service)
            .put("epoch", frame.path("epoch").asText())
            .put("seq", frame.path("seq").asLong());
    if (frame.has("hash")) {
      ack.put("hash", frame.path("hash").asText());
    }
    client.send(ack);
  }

  void connect() {
    client.connect();
  }

  /** How many endpoints the latest frames list, over all services. */
  synchronized int listed() {
    return endpoints.values().stream().mapToInt(Set::size).sum();
  }

  /** How many epochs the frames came from. */
  synchronized long epochs() {
    return epochs.stream().map(epoch -> epoch.substring(epoch.indexOf(' '))).distinct().count();
  }

  /** Every endpoint that was ever taken away. */
  synchronized List<String> removed() {
    return List.copyOf(removed);
  }

  /** The stream behind it, to be closed. */
  ControlClient client() {
    return client;
  }
}
