package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.stream.TestAgent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The control protocol over real sockets. */
@Timeout(180)
final class ControlStreamTest {
  private Controller controller;
  private final List<TestAgent> agents = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    controller = start(0);
  }

  @AfterEach
  void stop() {
    agents.forEach(TestAgent::close);
    controller.close();
  }

  private static Controller start(int port) throws IOException {
    return Controller.start(
        new ControllerSettings(
            new HostPort("127.0.0.1", port), Optional.empty(), TestController.LEASE));
  }

  private TestAgent join(String service, String uid, int port) {
    TestAgent agent = TestAgent.join(controller.listening(), service, uid, port);
    agents.add(agent);
    return agent;
  }

  @Test
  void aWorkloadThatRegistersReachesTheViewOfItsCallers() throws Exception {
    TestAgent orders = join("orders", "a1", 8080);
    assertThat(orders.await("welcome").path("yourAddress").asText()).isEqualTo("127.0.0.1");
    TestAgent caller = join("storefront", "c1", 0);
    caller.until("the name", () -> caller.names.contains("default/orders"));
    caller.subscribe("orders");
    caller.until("the endpoint", () -> caller.view("orders").equals(Map.of("a1", "READY")));

    join("orders", "a2", 8081);
    caller.until("the second", () -> caller.view("orders").containsKey("a2"));
    assertThat(caller.await("endpoints").path("from").isIntegralNumber()).isTrue();
  }

  @Test
  void aKilledWorkloadIsSuspectAtOnceAndALeavingOneIsGone() throws Exception {
    TestAgent first = join("orders", "a1", 8080);
    TestAgent second = join("orders", "a2", 8081);
    TestAgent caller = join("storefront", "c1", 0);
    caller.until("the name", () -> caller.names.contains("default/orders"));
    caller.subscribe("orders");
    caller.until("both", () -> caller.view("orders").size() == 2);

    first.kill();
    caller.until(
        "suspect", () -> caller.view("orders").equals(Map.of("a1", "SUSPECT", "a2", "READY")));
    second.send("{\"type\":\"leave\"}");
    caller.until("gone", () -> caller.view("orders").equals(Map.of("a1", "SUSPECT")));
  }

  @Test
  void aDrainIsAnsweredWhenEverySubscriberHasAcknowledgedIt() throws Exception {
    boolean shown = false;
    for (int i = 0; i < 10 && !shown; i++) {
      shown = drains("orders" + i);
    }
    assertThat(shown).as("ten drains were answered no sooner than without an answer").isTrue();
  }

  /**
   * @return false if it took so long that the controller gave up waiting, which shows nothing
   */
  private boolean drains(String service) throws Exception {
    TestAgent orders = join(service, service, 8080);
    TestAgent caller = TestAgent.connect(controller.listening(), false);
    agents.add(caller);
    caller.hello("storefront", "caller-" + service, 0);
    caller.until("the name", () -> caller.names.contains("default/" + service));
    caller.subscribe(service);
    caller.await("service");
    caller.ackNow("default/" + service);

    long start = System.nanoTime();
    orders.send("{\"type\":\"drain\"}");
    caller.await("endpoints");
    assertThat(caller.view(service)).isEqualTo(Map.of(service, "DRAINING"));
    boolean early =
        orders.frames.stream().anyMatch(frame -> frame.path("type").asText().equals("drained"));
    caller.ackNow("default/" + service);
    orders.await("drained");
    boolean inTime = System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2);
    assertThat(early && inTime).as("answered before the acknowledgement").isFalse();
    return inTime;
  }

  @Test
  void aReaderThatDoesNotAnswerGetsTheNewestInOneFrameLater() throws Exception {
    TestAgent orders = join("orders", "a1", 8000);
    TestAgent slow = TestAgent.connect(controller.listening(), false);
    agents.add(slow);
    slow.hello("storefront", "c1", 0);
    TestAgent quick = join("storefront", "c2", 0);
    for (TestAgent caller : List.of(slow, quick)) {
      caller.until("the name", () -> caller.names.contains("default/orders"));
      caller.subscribe("orders");
    }
    slow.await("service");
    quick.await("service");
    for (int port = 8001; port <= 8100; port++) {
      orders.register(port);
      int expected = port;
      if (port % 20 == 0) {
        quick.until("port", () -> port(quick) == expected);
      }
    }
    assertThat(slow.frames).noneMatch(frame -> frame.path("type").asText().equals("endpoints"));
    slow.ackNow("default/orders");
    JsonNode delta = slow.await("endpoints");
    assertThat(delta.path("upsert")).hasSize(1);
    assertThat(port(slow)).isEqualTo(8100);
  }

  private static int port(TestAgent agent) {
    return agent.views.get("default/orders").endpoints.get(0).ports.get("http");
  }

  @Test
  void resyncBringsTheWholeSnapshotAgain() throws Exception {
    join("orders", "a1", 8080);
    TestAgent caller = join("storefront", "c1", 0);
    caller.until("the name", () -> caller.names.contains("default/orders"));
    caller.subscribe("orders");
    caller.await("service");
    caller.send("{\"type\":\"resync\",\"service\":\"default/orders\"}");
    JsonNode again = caller.await("service");
    assertThat(again.path("policy").isObject()).isTrue();
    assertThat(again.path("endpoints")).hasSize(1);
  }

  @Test
  void policyThatTheAgentHoldsIsLeftOut() throws Exception {
    join("orders", "a1", 8080);
    TestAgent first = join("storefront", "c1", 0);
    first.until("the name", () -> first.names.contains("default/orders"));
    first.subscribe("orders");
    String hash = first.await("service").path("hash").asText();
    TestAgent again = TestAgent.connect(controller.listening(), false);
    agents.add(again);
    again.views.put("default/orders", first.views.get("default/orders"));
    again.send(
        "{\"type\":\"hello\",\"protocol\":1,\"uid\":\"c1\",\"namespace\":\"default\",\"service\":\"storefront\",\"known\":{\"default/orders\":\"%s\"}}"
            .formatted(hash));
    again.subscribe("orders");
    assertThat(again.await("service").has("policy")).isFalse();
    assertThat(first.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4002);
  }

  @Test
  void malformedFramesAreAnsweredWithTheirPlaceAndChangeNothing() throws Exception {
    Map<String, String> cases =
        Map.of(
            "{\"type\":\"register\",\"workload\":{\"ports\":[{\"port\":8080},{\"port\":70000}]}}",
            "$.workload.ports[1].port",
            "{\"type\":\"register\",\"workload\":{\"addresses\":[\"nowhere\"]}}",
            "$.workload.addresses[0]",
            "{\"type\":\"subscribe\",\"services\":[\"default/a\",\"nonsense\"]}",
            "$.services[1]",
            "{\"type\":\"hello\",\"type\":\"renew\"}",
            "$: not JSON",
            "[1,2",
            "$: not JSON",
            "{}",
            "$.type");
    int n = 0;
    for (Map.Entry<String, String> test : cases.entrySet()) {
      TestAgent agent = join("orders", "m" + n++, 0);
      agent.await("welcome");
      agent.send(test.getKey());
      JsonNode error = agent.await("error");
      assertThat(error.path("message").asText()).as(test.getKey()).startsWith(test.getValue());
      assertThat(agent.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4000);
    }
    TestAgent witness = join("witness", "w1", 8080);
    witness.until("names", () -> witness.names.contains("default/witness"));
    assertThat(witness.names).containsExactly("default/witness");
  }

  @Test
  void anotherProtocolIsRefusedByNumber() throws Exception {
    TestAgent agent = TestAgent.connect(controller.listening(), true);
    agents.add(agent);
    agent.send("{\"type\":\"hello\",\"protocol\":99}");
    assertThat(agent.await("error").path("code").asText()).isEqualTo("protocol");
    assertThat(agent.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4001);
  }

  @Test
  void aFrameLargerThanTheProtocolAllowsClosesTheConnectionInOnePieceOrInMany() throws Exception {
    String piece = "x".repeat(1024 * 1024);
    TestAgent whole = join("orders", "m1", 0);
    whole.send(piece.repeat(5));
    assertThat(whole.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1009);
    TestAgent pieces = join("orders", "m2", 0);
    for (int i = 0; i < 8; i++) {
      pieces.sendPiece(piece);
    }
    assertThat(pieces.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1009);
  }

  @Test
  void aControllerThatStopsSaysSo() throws Exception {
    TestAgent agent = join("orders", "a1", 8080);
    agent.await("welcome");
    controller.close();
    assertThat(agent.await("error").path("code").asText()).isEqualTo("stopping");
    assertThat(agent.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  @Test
  void aRestartOfTheControllerLosesNoEndpointOfTwoHundredFromAnyView() throws Exception {
    int services = 4;
    int perService = 50;
    List<TestAgent> before = new ArrayList<>();
    for (int i = 0; i < services * perService; i++) {
      before.add(join("svc" + i % services, "w" + i, 10_000 + i));
    }
    for (int i = 0; i < before.size(); i++) {
      TestAgent agent = before.get(i);
      String called = "svc" + (i + 1) % services;
      agent.until("the name", () -> agent.names.contains("default/" + called));
      agent.subscribe(called);
    }
    for (int i = 0; i < before.size(); i++) {
      String called = "svc" + (i + 1) % services;
      TestAgent agent = before.get(i);
      agent.until("all of " + called, () -> agent.view(called).size() == perService);
    }
    int port = controller.listening().port();
    controller.close();
    for (TestAgent agent : before) {
      agent.closed.handle((code, problem) -> code).get(20, TimeUnit.SECONDS);
    }
    controller = start(port);
    List<TestAgent> after = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      String called = "svc" + (i + 1) % services;
      TestAgent agent = TestAgent.connect(controller.listening(), true);
      agents.add(agent);
      after.add(agent);
      String hash = before.get(i).views.get("default/" + called).hash;
      agent.views.put("default/" + called, before.get(i).views.get("default/" + called));
      agent.send(
          "{\"type\":\"hello\",\"protocol\":1,\"uid\":\"w%d\",\"namespace\":\"default\",\"service\":\"svc%d\",\"known\":{\"default/%s\":\"%s\"},\"workload\":{\"addresses\":[\"10.0.0.7\"],\"ports\":[{\"name\":\"http\",\"port\":%d,\"primary\":true}]}}"
              .formatted(i, i % services, called, hash, 10_000 + i));
      agent.subscribe(called);
      // What it calls stays a name from the very first table on.
      assertThat(agent.await("names").path("add").findValuesAsText("service"))
          .contains("default/" + called);
    }
    for (int i = 0; i < after.size(); i++) {
      int called = (i + 1) % services;
      TestAgent agent = after.get(i);
      Set<String> expected = new HashSet<>();
      for (int w = called; w < services * perService; w += services) {
        expected.add("w" + w);
      }
      agent.until(
          "all of svc" + called + " back",
          () ->
              agent.view("svc" + called).keySet().equals(expected)
                  && agent.view("svc" + called).values().stream().allMatch("READY"::equals));
      assertThat(agent.frames)
          .filteredOn(frame -> frame.has("remove"))
          .allSatisfy(frame -> assertThat(frame.path("remove")).isEmpty());
    }
  }
}
