package dev.meshagent.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.Push;
import dev.meshagent.controller.push.Vantage;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AgentSessionTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration MOMENT = Duration.ofMillis(20);

  private static final Caller CALLER = new Caller("default", Map.of());

  private final VirtualLoop loop = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(loop, LEASE.toNanos(), new AtomicLong(1)::getAndIncrement);
  private final Directory directory = new Directory(loop, registry, "e1");
  private final AgentSessions sessions =
      new AgentSessions(loop, registry, directory, new Edges(loop), "0", LEASE.toNanos());
  private final FrameReader reader = new FrameReader();

  @BeforeEach
  void wire() {
    registry.listen(directory);
    directory.listen(sessions);
  }

  /** A transport in memory; while it is blocked, nothing is taken. */
  private final class Peer implements Connection {
    final List<String> got = new ArrayList<>();
    final AgentSession session;
    final String address;
    Optional<CloseReason> closed = Optional.empty();
    CompletableFuture<Void> taking = CompletableFuture.completedFuture(null);

    Peer(String service, String uid) {
      this(service, uid, "");
    }

    /** Says hello with these further fields. */
    Peer(String service, String uid, String fields) {
      this("10.1.2.3", service, uid, fields);
    }

    Peer(String address, String service, String uid, String fields) {
      this.address = address;
      session = sessions.open(this);
      say(
          "{\"type\":\"hello\",\"protocol\":1,\"uid\":\"%s\",\"namespace\":\"default\",\"service\":\"%s\"%s}"
              .formatted(uid, service, fields));
    }

    void say(String frame) {
      try {
        session.received(reader.read(frame));
      } catch (MalformedFrame e) {
        session.malformed(e);
      }
      loop.pass(MOMENT);
    }

    Peer serving(int port) {
      say(
          "{\"type\":\"register\",\"workload\":{\"ports\":[{\"name\":\"http\",\"port\":"
              + port
              + "}]}}");
      return this;
    }

    void subscribe(String service) {
      say("{\"type\":\"subscribe\",\"services\":[\"default/" + service + "\"]}");
    }

    void unsubscribe(String service) {
      say("{\"type\":\"unsubscribe\",\"services\":[\"default/" + service + "\"]}");
    }

    void nack(String service, long seq) {
      say(
          "{\"type\":\"nack\",\"service\":\"default/%s\",\"epoch\":\"e1\",\"seq\":%d,\"path\":\"$.policy\",\"error\":\"no\"}"
              .formatted(service, seq));
    }

    void ack(String service, long seq) {
      say(
          "{\"type\":\"ack\",\"service\":\"default/%s\",\"epoch\":\"e1\",\"seq\":%d}"
              .formatted(service, seq));
    }

    List<String> types() {
      return got.stream()
          .map(frame -> frame.replaceAll("^\\{\"type\":\"([a-z]+)\".*", "$1"))
          .toList();
    }

    String last() {
      return got.get(got.size() - 1);
    }

    @Override
    public String remoteAddress() {
      return address;
    }

    @Override
    public CompletionStage<Void> send(Push frame) {
      got.add(frame.json());
      return taking;
    }

    @Override
    public void close(CloseReason reason) {
      closed = Optional.of(reason);
    }
  }

  @Test
  void namesComeWholeFirstAndThenAsDeltasWithoutAGap() {
    Peer peer = new Peer("storefront", "c1");
    assertThat(peer.types()).containsExactly("welcome", "names");
    assertThat(peer.last()).contains("\"seq\":1,\"full\":true,\"add\":[]");
    Peer orders = new Peer("orders", "a1").serving(8080);
    assertThat(peer.last())
        .contains(
            "\"seq\":2,\"full\":false,\"add\":[{\"service\":\"default/orders\"}],\"remove\":[]");
    orders.say("{\"type\":\"leave\"}");
    assertThat(peer.last()).contains("\"seq\":3").contains("\"remove\":[\"default/orders\"]");
  }

  @Test
  void aServiceOutlivesItsWorkloadsWhileSomebodyIsSubscribed() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    caller.ack("orders", 1);
    orders.say("{\"type\":\"leave\"}");
    assertThat(caller.last()).contains("\"from\":1,\"seq\":2,\"upsert\":[],\"remove\":[\"a1\"]");
    assertThat(directory.find(new ServiceId("default", "orders"))).isPresent();
    caller.say("{\"type\":\"unsubscribe\",\"services\":[\"default/orders\"]}");
    assertThat(directory.find(new ServiceId("default", "orders"))).isEmpty();
  }

  @Test
  void aSubscriptionToWhatComesLaterIsNotForgotten() {
    loop.pass(LEASE);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    assertThat(caller.types()).containsExactly("welcome", "names");
    new Peer("orders", "a1").serving(8080);
    assertThat(caller.types()).containsExactly("welcome", "names", "names", "service");
  }

  @Test
  void aSubscriptionMakesNoServiceThoughTheControllerIsYoung() {
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("ordres");
    assertThat(caller.types()).containsExactly("welcome", "names");
    assertThat(directory.services()).isEmpty();
  }

  @Test
  void whatAnAgentHoldsAfterAStartIsKnownForALeaseAndForgottenIfItDoesNotCome() {
    Peer caller = callerThatKnows("orders", "h");
    caller.subscribe("orders");
    assertThat(caller.types()).containsExactly("welcome", "names", "service");
    loop.pass(LEASE.minus(MOMENT.multipliedBy(3)));
    directory.sweep();
    loop.pass(MOMENT);
    assertThat(directory.services()).hasSize(1);

    loop.pass(LEASE);
    directory.sweep();
    loop.pass(MOMENT);
    assertThat(directory.services()).isEmpty();
    assertThat(caller.last()).contains("\"remove\":[\"default/orders\"]");
  }

  @Test
  void whatAnAgentHoldsAfterAStartStaysForItOnceAWorkloadOfItHasCome() {
    Peer caller = callerThatKnows("orders", "h");
    caller.subscribe("orders");
    Peer orders = new Peer("orders", "a1").serving(8080);
    orders.say("{\"type\":\"leave\"}");
    loop.pass(LEASE);
    directory.sweep();
    assertThat(directory.services()).hasSize(1);
  }

  @Test
  void aRefusedSnapshotIsNotRepeatedUntilItChanges() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    caller.say(
        "{\"type\":\"nack\",\"service\":\"default/orders\",\"epoch\":\"e1\",\"seq\":1,\"path\":\"$.policy\",\"error\":\"no\"}");
    loop.pass(Duration.ofSeconds(5));
    assertThat(caller.types()).filteredOn("service"::equals).hasSize(1);
    orders.serving(8081);
    assertThat(caller.types()).filteredOn("service"::equals).hasSize(2);
  }

  private String hash(String service) {
    return directory
        .find(new ServiceId("default", service))
        .orElseThrow()
        .policy(CALLER)
        .settings()
        .hash;
  }

  private Peer callerThatKnows(String service, String hash) {
    return new Peer(
        "storefront", "c1", ",\"known\":{\"default/%s\":\"%s\"}".formatted(service, hash));
  }

  @Test
  void policyThatAnAgentForgotWithTheServiceIsToldAgainWhenItComesBack() {
    new Peer("orders", "a1").serving(8080);
    Peer caller = callerThatKnows("orders", hash("orders"));
    caller.subscribe("orders");
    assertThat(caller.last()).contains("\"type\":\"service\"").doesNotContain("\"policy\"");
    caller.ack("orders", 1);
    caller.unsubscribe("orders");
    caller.subscribe("orders");
    assertThat(caller.last()).contains("\"type\":\"service\"").contains("\"policy\"");
  }

  @Test
  void policyHeldOfAServiceThatVanishedBeforeItWasWantedIsToldAgain() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    Peer caller = callerThatKnows("orders", hash("orders"));
    orders.say("{\"type\":\"leave\"}");
    new Peer("orders", "a2").serving(8080);
    caller.subscribe("orders");
    assertThat(caller.last()).contains("\"type\":\"service\"").contains("\"policy\"");
  }

  @Test
  void whoRefusesASnapshotWithoutItsPolicyGetsItWithThePolicy() {
    new Peer("orders", "a1").serving(8080);
    Peer caller = callerThatKnows("orders", hash("orders"));
    caller.subscribe("orders");
    caller.nack("orders", 1);
    assertThat(caller.types()).filteredOn("service"::equals).hasSize(2);
    assertThat(caller.last()).contains("\"policy\"");
    caller.nack("orders", 1);
    assertThat(caller.types()).filteredOn("service"::equals).hasSize(2);
  }

  @Test
  void whoComesBackServingNothingIsWithdrawn() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    orders.session.ended();
    assertThat(registry.find("a1")).isPresent();
    new Peer("orders", "a1");
    assertThat(registry.find("a1")).isEmpty();
  }

  @Test
  void aTransportThatTakesNothingIsToldTheNewestWhenItTakesAgain() {
    Peer caller = new Peer("storefront", "c1");
    CompletableFuture<Void> blocked = new CompletableFuture<>();
    caller.taking = blocked;
    new Peer("s0", "w0").serving(8080);
    int before = caller.got.size();
    for (int i = 1; i < 50; i++) {
      new Peer("s" + i, "w" + i).serving(8080).say("{\"type\":\"leave\"}");
    }
    new Peer("s50", "w50").serving(8080);
    assertThat(caller.got).hasSize(before);
    caller.taking = CompletableFuture.completedFuture(null);
    blocked.complete(null);
    loop.pass(MOMENT);
    assertThat(caller.got).hasSize(before + 1);
    assertThat(caller.last()).contains("\"add\":[{\"service\":\"default/s50\"}]");
  }

  @Test
  void aDrainIsAnsweredAfterTwoSecondsThoughSomebodyStaysSilent() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    caller.ack("orders", 1);
    orders.say("{\"type\":\"drain\"}");
    loop.pass(Duration.ofMillis(1900));
    assertThat(orders.types()).doesNotContain("drained");
    loop.pass(Duration.ofMillis(200));
    assertThat(orders.types()).filteredOn("drained"::equals).hasSize(1);
    caller.ack("orders", 2);
    assertThat(orders.types()).filteredOn("drained"::equals).hasSize(1);
  }

  @Test
  void aDrainSaidTwiceIsAnsweredOnce() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    orders.say("{\"type\":\"drain\"}");
    orders.say("{\"type\":\"drain\"}");
    assertThat(orders.types()).filteredOn("drained"::equals).hasSize(1);
  }

  @Test
  void aDrainDoesNotWaitForASubscriberThatGoesAway() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    orders.say("{\"type\":\"drain\"}");
    assertThat(orders.types()).doesNotContain("drained");
    caller.session.ended();
    loop.pass(MOMENT);
    assertThat(orders.types()).contains("drained");
  }

  @Test
  void aSecondConnectionOfAProcessReplacesTheFirstWithoutMakingItSuspect() {
    Peer first = new Peer("orders", "a1").serving(8080);
    new Peer("orders", "a1").serving(8080);
    assertThat(first.closed).contains(CloseReason.REPLACED);
    first.session.ended();
    assertThat(registry.find("a1").orElseThrow().health().name()).isEqualTo("READY");
  }

  @Test
  void aConnectionThatIsSilentForAWholeLeaseIsClosed() {
    Peer peer = new Peer("storefront", "c1");
    loop.pass(LEASE);
    sessions.sweep();
    assertThat(peer.closed).contains(CloseReason.SILENT);
    assertThat(sessions.agents()).isEmpty();
  }

  @Test
  void aRenewalThatDoesNotWakeTheLoopKeepsConnectionAndWorkloadAllTheSame() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    for (int second = 0; second < 2 * LEASE.toSeconds(); second++) {
      assertThat(orders.session.renewed()).isTrue();
      loop.pass(Duration.ofSeconds(1));
      sessions.sweep();
      registry.sweep();
    }
    assertThat(orders.closed).isEmpty();
    assertThat(registry.find("a1").orElseThrow().health()).isEqualTo(Health.READY);
    loop.pass(LEASE);
    sessions.sweep();
    assertThat(orders.closed).contains(CloseReason.SILENT);
  }

  @Test
  void aLeaseRunsFromTheLastRenewalThoughTheConnectionWasLostBeforeAnybodyLookedAtIt() {
    Peer orders = new Peer("orders", "a1").serving(8080);
    // With two that stay it is not most of a service that is lost.
    List<Peer> others =
        List.of(new Peer("orders", "a2").serving(8080), new Peer("orders", "a3").serving(8080));
    loop.pass(LEASE.minusSeconds(6));
    assertThat(orders.session.renewed()).isTrue();
    orders.session.ended();
    for (int second = 0; second < 14; second++) {
      others.forEach(peer -> assertThat(peer.session.renewed()).isTrue());
      sessions.sweep();
      registry.sweep();
      loop.pass(Duration.ofSeconds(1));
    }
    registry.sweep();
    assertThat(registry.find("a1")).as("14 s after its renewal").isPresent();
    loop.pass(Duration.ofSeconds(1));
    registry.sweep();
    assertThat(registry.find("a1")).as("15 s after its renewal").isEmpty();
  }

  @Test
  void aRenewalBeforeHelloIsAFrameLikeAnyOther() {
    AgentSession session = sessions.open(new Peer("storefront", "c1"));
    assertThat(session.renewed()).isFalse();
  }

  @Test
  void aConnectionThatLeavesAPushUnansweredForALeaseIsClosedThoughItRenews() {
    new Peer("orders", "a1").serving(8080);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    for (int second = 0; second < LEASE.toSeconds(); second++) {
      sessions.sweep();
      assertThat(caller.closed).isEmpty();
      caller.say("{\"type\":\"renew\"}");
      loop.pass(Duration.ofSeconds(1));
    }
    sessions.sweep();
    assertThat(caller.closed).contains(CloseReason.UNANSWERED);
    assertThat(caller.last()).contains("default/orders: neither ack nor nack came");
  }

  @Test
  void aConnectionThatTakesNothingForALeaseIsClosed() {
    Peer caller = new Peer("storefront", "c1");
    caller.taking = new CompletableFuture<>();
    new Peer("orders", "a1").serving(8080);
    loop.pass(LEASE);
    caller.say("{\"type\":\"renew\"}");
    sessions.sweep();
    assertThat(caller.closed).contains(CloseReason.UNANSWERED);
  }

  private static String at(String address) {
    return ",\"workload\":{\"addresses\":[\"%s\"],\"ports\":[{\"name\":\"http\",\"port\":8080}]}"
        .formatted(address);
  }

  @Test
  void loopbackAddressesAreForWhoIsConnectedOverLoopback() {
    new Peer("127.0.0.1", "orders", "a1", at("127.0.0.1"));
    Peer local = new Peer("::1", "storefront", "c1", "");
    Peer remote = new Peer("10.1.2.3", "storefront", "c2", "");
    local.subscribe("orders");
    remote.subscribe("orders");
    assertThat(local.last()).contains("127.0.0.1");
    assertThat(remote.last()).contains("\"endpoints\":[]");
  }

  @Test
  void theLoopbackOfAnotherHostIsOfferedToNobodyAndThatIsSaidOnce() {
    Peer orders = new Peer("10.1.2.3", "orders", "a1", at("127.0.0.1"));
    assertThat(registry.find("a1")).isEmpty();
    orders.say("{\"type\":\"register\"" + at("127.0.0.1") + "}");
    assertThat(orders.closed).isEmpty();
    assertThat(orders.got)
        .filteredOn(frame -> frame.contains("\"code\":\"unreachable\""))
        .singleElement()
        .asString()
        .contains("default/orders", "mesh.address", "\"fatal\":false");
    orders.say("{\"type\":\"register\"" + at("10.0.0.7") + "}");
    assertThat(registry.find("a1")).isPresent();
  }

  private static String many(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"default/%s%d\"".formatted(prefix, i))
        .collect(Collectors.joining(","));
  }

  @Test
  void anAgentMayBringOnlySoManyServicesIntoBeingWhileTheControllerIsYoung() {
    String known = ",\"known\":{" + many("k", 1200).replace("\",", "\":\"h\",") + ":\"h\"}";
    Peer caller = new Peer("storefront", "c1", known);
    assertThat(caller.closed).isEmpty();
    assertThat(directory.services()).hasSize(1000);
  }

  @Test
  void subscriptionsOfAConnectionAreBounded() {
    Peer caller = new Peer("storefront", "c1");
    caller.say("{\"type\":\"subscribe\",\"services\":[" + many("s", 5000) + "]}");
    assertThat(caller.closed).isEmpty();
    caller.subscribe("s1");
    assertThat(caller.closed).isEmpty();
    caller.subscribe("one-more");
    assertThat(caller.closed).contains(CloseReason.MALFORMED);
  }

  @Test
  void deltasAlwaysFitAndEndAtTheTruth() throws IOException {
    Random random = new Random(5);
    Peer caller = new Peer("storefront", "c1");
    caller.subscribe("orders");
    SnapshotCodec codec = new SnapshotCodec();
    Map<Integer, Peer> workloads = new HashMap<>();
    ServiceSnapshot view = null;
    int read = 0;
    for (int step = 0; step < 5000; step++) {
      int id = random.nextInt(30);
      Peer workload = workloads.get(id);
      if (workload == null) {
        workloads.put(id, new Peer("orders", "w" + id).serving(1000 + random.nextInt(9)));
      } else if (random.nextInt(3) == 0) {
        workload.say("{\"type\":\"leave\"}");
        workload.session.ended();
        workloads.remove(id);
      } else {
        workload.serving(1000 + random.nextInt(9));
      }
      boolean last = step == 4999;
      while (read < caller.got.size() && (last || random.nextInt(3) > 0)) {
        String frame = caller.got.get(read++);
        if (frame.startsWith("{\"type\":\"service\"")) {
          view = codec.readService(frame, view);
          caller.ack("orders", view.seq);
        } else if (frame.startsWith("{\"type\":\"endpoints\"")) {
          EndpointsDelta delta = codec.readDelta(frame);
          assertThat(delta.fits(view)).as(frame).isTrue();
          view = delta.applyTo(view);
          caller.ack("orders", view.seq);
        }
      }
    }
    ServiceSnapshot truth =
        directory
            .find(new ServiceId("default", "orders"))
            .orElseThrow()
            .snapshot(
                Vantage.ELSEWHERE,
                directory.find(new ServiceId("default", "orders")).orElseThrow().policy(CALLER));
    assertThat(view.seq).isEqualTo(truth.seq);
    assertThat(view.endpoints).containsExactlyInAnyOrderElementsOf(truth.endpoints);
  }

  @Test
  void whoCallsALargeServiceLearnsItsPlaceAmongItsPeers() {
    Peer second = new Peer("storefront", "s2").serving(1);
    Peer first = new Peer("storefront", "s1").serving(1);
    Peer client = new Peer("client", "c1");
    for (int i = 0; i < 12; i++) {
      new Peer("orders", "o" + i).serving(1);
    }
    for (Peer caller : List.of(first, second, client)) {
      caller.subscribe("orders");
      caller.ack("orders", 12);
    }
    assertThat(second.types()).as("twelve are not many").doesNotContain("peers");
    new Peer("orders", "o12").serving(1);
    assertThat(first.got).contains("{\"type\":\"peers\",\"index\":0,\"count\":2}");
    assertThat(second.got).contains("{\"type\":\"peers\",\"index\":1,\"count\":2}");
    assertThat(client.got)
        .as("serves nothing")
        .contains("{\"type\":\"peers\",\"index\":0,\"count\":1}");
    // Whoever comes and goes at once is not told of.
    Peer third = new Peer("storefront", "s0").serving(1);
    third.say("{\"type\":\"leave\"}");
    first.say("{\"type\":\"leave\"}");
    loop.pass(Duration.ofSeconds(1));
    sessions.sweep();
    assertThat(second.got).contains("{\"type\":\"peers\",\"index\":0,\"count\":1}");
    assertThat(second.types()).filteredOn("peers"::equals).hasSize(2);
  }
}
