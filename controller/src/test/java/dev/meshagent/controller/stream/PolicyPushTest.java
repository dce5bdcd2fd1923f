package dev.meshagent.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.PolicyFeed;
import dev.meshagent.controller.push.Push;
import dev.meshagent.controller.push.Rollouts;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What agents are told when policy changes, on virtual time. */
class PolicyPushTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration SETTLED = Duration.ofMillis(300);
  private static final JsonMapper RELAXED =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .build();

  private final VirtualLoop loop = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(loop, LEASE.toNanos(), new AtomicLong(1)::getAndIncrement);
  private final Directory directory = new Directory(loop, registry, "e1");
  private final AgentSessions sessions =
      new AgentSessions(loop, registry, directory, new Edges(loop), "0", LEASE.toNanos());
  private final PolicyFeed feed = new PolicyFeed(loop, directory);
  private final FrameReader reader = new FrameReader();
  private long version;

  @BeforeEach
  void wire() {
    registry.listen(directory);
    directory.listen(sessions);
    feed.start(List.of(), 0);
  }

  /** An agent that answers nothing by itself. */
  private final class Agent implements Connection {
    final List<String> frames = new ArrayList<>();
    final AgentSession session;

    Agent(String namespace, String service, String uid) {
      this(namespace, service, uid, "");
    }

    /** Of a WorkloadGroup, if one is named. */
    Agent(String namespace, String service, String uid, String group) {
      session = sessions.open(this);
      say(
          "{type: 'hello', protocol: 1, uid: '%s', namespace: '%s', service: '%s', group: '%s',"
                  .formatted(uid, namespace, service, group)
              + " workload: {addresses: ['10.0.0.1'], ports: [{name: 'http', port: 80}]}}");
    }

    void say(String relaxed) {
      try {
        session.received(reader.read(RELAXED.readTree(relaxed).toString()));
      } catch (MalformedFrame | JsonProcessingException e) {
        throw new IllegalArgumentException(relaxed, e);
      }
      loop.pass(SETTLED);
    }

    Agent subscribed(String... services) {
      say("{type: 'subscribe', services: ['" + String.join("','", services) + "']}");
      return this;
    }

    /** The snapshots that came since this was last asked. */
    List<ServiceSnapshot> snapshots() {
      List<ServiceSnapshot> snapshots = new ArrayList<>();
      for (String frame : frames) {
        if (frame.startsWith("{\"type\":\"service\"")) {
          try {
            snapshots.add(new SnapshotCodec().readService(frame, null));
          } catch (IOException e) {
            throw new IllegalArgumentException(frame, e);
          }
        }
      }
      frames.clear();
      return snapshots;
    }

    List<String> services() {
      return snapshots().stream().map(snapshot -> snapshot.id.name).toList();
    }

    void ack(String service) {
      answer("ack", service);
    }

    void answer(String type, String service) {
      long seq = directory.find(id(service)).orElseThrow().seq();
      say(
          "{type: '%s', service: '%s', epoch: 'e1', seq: %d, path: '$.policy', error: 'no'}"
              .formatted(type, service, seq));
    }

    @Override
    public String remoteAddress() {
      return "10.0.0.1";
    }

    @Override
    public CompletionStage<Void> send(Push frame) {
      frames.add(frame.json());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close(CloseReason reason) {
      throw new AssertionError("closed: " + reason);
    }
  }

  private static dev.meshagent.engine.snapshot.ServiceId id(String service) {
    return dev.meshagent.engine.snapshot.ServiceId.parse(service);
  }

  private Commit.Changed changed(Kind kind, String name, String spec) {
    ObjectNode document = RELAXED.createObjectNode();
    ResourceKey key = new ResourceKey(kind, "shop", name);
    try {
      document.putObject("metadata").put("namespace", "shop").put("name", name);
      document.set("spec", RELAXED.readTree(spec));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(spec, e);
    }
    return new Commit.Changed(
        key, Optional.empty(), Optional.of(new Resource(key, document, version)));
  }

  private static String canary(String service, int percent) {
    return "{hosts: ['%s'], http: [{route: [{destination: {host: 'orders', subset: 'v1'}, weight: %d},"
            .formatted(service, 100 - percent)
        + " {destination: {host: 'orders', subset: 'v2'}, weight: %d}]}]}".formatted(percent);
  }

  private static String subsets(String... names) {
    StringBuilder text = new StringBuilder("{host: 'orders', subsets: [");
    for (String name : names) {
      text.append("{name: '%s', labels: {version: '%s'}},".formatted(name, name));
    }
    return text.deleteCharAt(text.length() - 1).append("]}").toString();
  }

  private void commit(Commit.Changed... changes) {
    feed.committed(new Commit(version, loop.now(), "me", "test", List.of(changes)));
  }

  private void commitAndSettle(Commit.Changed... changes) {
    commit(changes);
    loop.pass(SETTLED);
  }

  @Test
  void routesAndSubsetsOfOneServiceArriveTogether() {
    new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders");
    web.snapshots();
    web.ack("shop/orders");

    version = 1;
    commitAndSettle(
        changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", 10)),
        changed(Kind.DESTINATION_RULE, "orders", subsets("v1", "v2")));

    assertThat(web.snapshots())
        .singleElement()
        .satisfies(
            snapshot -> {
              assertThat(snapshot.policy.routes).hasSize(1);
              assertThat(snapshot.policy.subsets).hasSize(2);
            });
  }

  @Test
  void onlySubscribersOfATouchedServiceAreTold() {
    new Agent("shop", "orders", "o1");
    new Agent("shop", "stock", "s1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders", "shop/stock");
    Agent job = new Agent("shop", "job", "j1").subscribed("shop/stock");
    for (String service : List.of("shop/orders", "shop/stock")) {
      web.ack(service);
    }
    job.ack("shop/stock");
    web.snapshots();
    job.snapshots();

    version = 1;
    commitAndSettle(changed(Kind.DESTINATION_RULE, "orders", subsets("v1")));

    assertThat(web.services()).containsExactly("orders");
    assertThat(job.services()).isEmpty();
    assertThat(directory.rollouts().of(1).concerned()).isOne();
  }

  @Test
  void aBurstIsToldAsOneAndWaitsNoLongerThanItsBound() {
    new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders");
    web.ack("shop/orders");
    web.snapshots();

    for (int i = 1; i <= 10; i++) {
      version = i;
      commit(changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", i)));
      loop.pass(Duration.ofMillis(10));
    }
    assertThat(web.services()).isEmpty();
    loop.pass(Duration.ofMillis(15));
    assertThat(web.snapshots().get(0).policy.routes.get(0).destinations.get(1).weight)
        .isEqualTo(10);

    web.ack("shop/orders");
    for (int i = 11; i <= 40; i++) {
      version = i;
      commit(changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", i)));
      loop.pass(Duration.ofMillis(10));
    }
    assertThat(web.services()).as("300 ms of a commit every 10 ms").isNotEmpty();
  }

  @Test
  void aSlowReaderGetsTheNewestAndNoQueue() {
    new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders");
    web.ack("shop/orders");
    web.snapshots();

    for (int i = 1; i <= 5; i++) {
      version = i;
      commitAndSettle(changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", i)));
    }
    assertThat(web.services()).hasSize(1);
    web.ack("shop/orders");

    assertThat(web.snapshots())
        .singleElement()
        .satisfies(
            newest ->
                assertThat(newest.policy.routes.get(0).destinations.get(1).weight).isEqualTo(5));
  }

  @Test
  void aRouteWaitsForTheSubsetsOfAnotherServiceThatItLeadsTo() {
    new Agent("shop", "orders", "o1");
    new Agent("shop", "front", "f1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/front", "shop/orders");
    web.ack("shop/front");
    web.ack("shop/orders");
    web.snapshots();

    version = 1;
    commitAndSettle(
        changed(Kind.VIRTUAL_SERVICE, "front", canary("front", 10)),
        changed(Kind.DESTINATION_RULE, "orders", subsets("v1", "v2")));
    assertThat(web.services()).containsExactly("orders");
    web.ack("shop/orders");
    assertThat(web.services()).containsExactly("front");
    web.ack("shop/front");

    version = 2;
    commitAndSettle(
        changed(Kind.VIRTUAL_SERVICE, "front", canary("stock", 10)),
        changed(Kind.DESTINATION_RULE, "orders", "{host: 'orders'}"));
    assertThat(web.services()).as("what led there goes first").containsExactly("front");
    web.ack("shop/front");
    assertThat(web.services()).containsExactly("orders");
  }

  @Test
  void aSubsetThatIsRenamedWithTheRouteToItHoldsNothingUp() {
    new Agent("shop", "orders", "o1");
    new Agent("shop", "front", "f1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/front", "shop/orders");
    web.ack("shop/front");
    web.ack("shop/orders");
    String toV1 =
        "{hosts: ['front'], http: [{route: [{destination: {host: 'orders', subset: 'v1'}}]}]}";
    version = 1;
    commitAndSettle(
        changed(Kind.VIRTUAL_SERVICE, "front", toV1),
        changed(Kind.DESTINATION_RULE, "orders", subsets("v1")));
    web.ack("shop/orders");
    web.ack("shop/front");
    web.snapshots();

    version = 2;
    commitAndSettle(
        changed(Kind.VIRTUAL_SERVICE, "front", toV1.replace("v1", "v2")),
        changed(Kind.DESTINATION_RULE, "orders", subsets("v2")));
    List<String> first = web.services();
    web.ack("shop/" + first.get(0));

    assertThat(first).hasSize(1);
    assertThat(web.services()).hasSize(1).doesNotContainAnyElementsOf(first);
  }

  @Test
  void convergenceCountsWhoHasTakenWhoWaitsAndWhoRefused() {
    new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders");
    Agent job = new Agent("shop", "job", "j1").subscribed("shop/orders");
    web.ack("shop/orders");
    job.ack("shop/orders");

    version = 7;
    commit(changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", 10)));
    loop.pass(Duration.ofMillis(1));
    assertThat(directory.rollouts().of(7).compiled()).isFalse();
    loop.pass(SETTLED);
    assertThat(directory.rollouts().of(7).waiting()).hasSize(2);

    web.ack("shop/orders");
    job.answer("nack", "shop/orders");
    Rollouts.Progress progress = directory.rollouts().of(7);
    assertThat(progress.concerned()).isEqualTo(2);
    assertThat(progress.acked()).isOne();
    assertThat(progress.refused())
        .singleElement()
        .satisfies(no -> assertThat(no.error()).isEqualTo("no"));
    assertThat(progress.answered()).isTrue();
    assertThat(progress.converged()).isFalse();
  }

  @Test
  void aProbeThatIsWrittenWhileAServiceRunsTakesItFromNobodyUntilItFails() {
    Agent orders = new Agent("shop", "orders", "o1", "vms");
    version = 1;
    commitAndSettle(
        changed(Kind.WORKLOAD_GROUP, "vms", "{template: {}, probe: {tcpSocket: {port: 80}}}"));
    assertThat(orders.frames.get(orders.frames.size() - 1)).contains("\"type\":\"probe\"");
    String register =
        "{type: 'register', workload: {addresses: ['10.0.0.1'], %s ports: [{name: 'http', port: 80}]}}";
    assertThat(called()).as("nobody has probed yet").containsExactly("o1");
    orders.say(register.formatted("weight: 2,"));
    assertThat(called()).as("it says nothing of the probe").containsExactly("o1");
    orders.say(register.formatted("ready: false,"));
    assertThat(called()).isEmpty();
    orders.say(register.formatted(""));
    assertThat(called()).as("it says nothing new of the probe").isEmpty();
    orders.say(register.formatted("ready: true,"));
    assertThat(called()).containsExactly("o1");

    new Agent("shop", "orders", "o2", "vms");
    assertThat(called()).as("who comes later waits for its probe").containsExactly("o1");
  }

  private List<String> called() {
    return List.copyOf(directory.find(id("shop/orders")).map(ServiceView::uids).orElse(Set.of()));
  }

  @Test
  void policyHoldsPerNamespaceOfTheCaller() {
    new Agent("shop", "orders", "o1");
    Agent near = new Agent("shop", "web", "w1").subscribed("shop/orders");
    Agent far = new Agent("other", "web", "w2").subscribed("shop/orders");
    near.ack("shop/orders");
    far.ack("shop/orders");
    near.snapshots();
    far.snapshots();

    version = 1;
    commitAndSettle(
        changed(
            Kind.VIRTUAL_SERVICE,
            "orders",
            "{hosts: ['orders'], exportTo: ['.'], http: [{redirect: {uri: '/x'}}]}"));

    assertThat(near.services()).containsExactly("orders");
    assertThat(far.services()).isEmpty();
  }

  @Test
  void aServiceThatIsDeclaredComesIntoTheNamesWithItsHostsAndEndpoints() {
    Agent web = new Agent("shop", "web", "w1");
    version = 1;
    commitAndSettle(
        changed(
            Kind.SERVICE_ENTRY,
            "db",
            "{hosts: ['db.example.com'], resolution: 'STATIC', ports: [{name: 'http', number: 80}],"
                + " endpoints: [{address: '10.0.0.8'}]}"));
    assertThat(web.frames)
        .anySatisfy(
            frame ->
                assertThat(frame)
                    .contains(
                        "{\"service\":\"shop/db.example.com\",\"hosts\":[\"db.example.com\"]}"));

    web.subscribed("shop/db.example.com");
    assertThat(web.snapshots().get(0).endpoints)
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.address).isEqualTo("10.0.0.8"));

    version = 2;
    commitAndSettle(deleted(Kind.SERVICE_ENTRY, "db"));
    assertThat(web.frames).last().asString().contains("\"remove\":[\"shop/db.example.com\"]");
    assertThat(directory.find(id("shop/db.example.com"))).isEmpty();
    assertThat(directory.policies().names().exists(id("shop/db.example.com"))).isFalse();
  }

  private static Commit.Changed deleted(Kind kind, String name) {
    ResourceKey key = new ResourceKey(kind, "shop", name);
    return new Commit.Changed(key, Optional.empty(), Optional.empty());
  }

  @Test
  void aNameThatPolicyAloneGaveGoesWithItAndComesBackToWhoStillWantsIt() {
    new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1");
    Commit.Changed route =
        changed(
            Kind.VIRTUAL_SERVICE,
            "vm",
            "{hosts: ['vm'], http: [{route: [{destination: {host: 'orders'}}]}]}");
    Commit.Changed service = changed(Kind.SERVICE, "api", "{selector: {app: 'orders'}}");
    version = 1;
    commitAndSettle(route, service);
    web.subscribed("shop/vm", "shop/api");
    web.ack("shop/vm");
    assertThat(web.services()).containsExactly("vm", "api");

    version = 2;
    commitAndSettle(deleted(Kind.VIRTUAL_SERVICE, "vm"), deleted(Kind.SERVICE, "api"));
    assertThat(web.frames)
        .singleElement()
        .asString()
        .contains("\"add\":[],\"remove\":[\"shop/api\",\"shop/vm\"]");
    assertThat(directory.services())
        .extracting(ServiceView::id)
        .containsExactly(id("shop/orders"), id("shop/web"));
    assertThat(directory.live()).containsExactly(id("shop/orders"), id("shop/web"));
    web.frames.clear();

    version = 3;
    commitAndSettle(route);
    assertThat(web.services()).containsExactly("vm");
  }

  @Test
  void aServiceThatProcessesMadeOutlivesThemForItsCallersThoughPolicyForItGoes() {
    Agent orders = new Agent("shop", "orders", "o1");
    Agent web = new Agent("shop", "web", "w1").subscribed("shop/orders");
    web.ack("shop/orders");
    version = 1;
    commitAndSettle(changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", 10)));
    web.ack("shop/orders");
    orders.say("{type: 'leave'}");
    version = 2;
    commitAndSettle(deleted(Kind.VIRTUAL_SERVICE, "orders"));
    assertThat(directory.find(id("shop/orders")).orElseThrow().endpoints()).isEmpty();
    web.say("{type: 'unsubscribe', services: ['shop/orders']}");
    assertThat(directory.find(id("shop/orders"))).isEmpty();
  }

  @Test
  void aServiceIsKeptForItsCallersWhileAWorkloadOfItIsNotReady() {
    version = 1;
    commitAndSettle(
        changed(Kind.WORKLOAD_GROUP, "vms", "{template: {}, probe: {tcpSocket: {port: 80}}}"),
        changed(Kind.VIRTUAL_SERVICE, "orders", canary("orders", 10)));
    new Agent("shop", "orders", "o1", "vms");
    new Agent("shop", "web", "w1").subscribed("shop/orders");
    version = 2;
    commitAndSettle(deleted(Kind.VIRTUAL_SERVICE, "orders"));
    assertThat(directory.find(id("shop/orders"))).isPresent();
  }
}
