package dev.meshagent.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.runtime.readiness.Probe;
import dev.meshagent.runtime.registration.Reach;
import dev.meshagent.runtime.registration.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlClientTest {
  private static final ServiceId ORDERS = ServiceId.parse("default/orders");

  private final VirtualLoop loop = new VirtualLoop();
  private final ScriptedController controller = new ScriptedController(loop);
  private final Process process = new Process();
  private final ControlClient client = client(null);

  @Test
  void introducesItselfFirst() {
    client.start();
    loop.settle();
    assertThat(controller.received).hasSize(1);
    assertThat(controller.received.get(0))
        .startsWith("{\"type\":\"hello\",\"protocol\":1,")
        .contains("\"uid\":\"u1\"", "\"service\":\"storefront\"", "\"known\":{}")
        .doesNotContain("workload");
  }

  @Test
  void aControllerThatStartsWithinTheFirstSecondIsFoundWithinIt() {
    controller.up = false;
    client.start();
    loop.advance(VirtualLoop.SECOND / 2);
    controller.up = true;
    loop.advance(VirtualLoop.SECOND / 2);
    assertThat(controller.connected()).isTrue();
  }

  @Test
  void anAttemptThatThrowsIsFollowedByAnother() {
    controller.broken = new InternalError("expected by the test");
    client.start();
    loop.settle();
    assertThat(controller.connected()).isFalse();
    controller.broken = null;
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.connected()).isTrue();
  }

  @Test
  void attemptsGrowRareWhileThereIsNoController() {
    controller.up = false;
    client.start();
    loop.advance(60 * VirtualLoop.SECOND);
    int before = controller.attempts;
    loop.advance(60 * VirtualLoop.SECOND);
    // The virtual loop's jitter is at its least, half of five seconds.
    assertThat(controller.attempts - before).isEqualTo(24);
  }

  @Test
  void aConnectionThatLastedIsSoughtAgainAtOnceAndOneThatDidNotIsNot() {
    controller.up = false;
    client.start();
    loop.advance(60 * VirtualLoop.SECOND);
    controller.up = true;
    loop.advance(20 * VirtualLoop.SECOND);
    controller.drop();
    loop.advance(VirtualLoop.SECOND / 2);
    assertThat(controller.connected()).as("after one that lasted").isTrue();

    controller.up = false;
    controller.drop();
    loop.advance(60 * VirtualLoop.SECOND);
    controller.up = true;
    while (!controller.connected()) {
      loop.advance(VirtualLoop.SECOND / 4);
    }
    controller.drop();
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.connected()).as("after one that did not").isFalse();
  }

  @Test
  void statesWhatItServesAndEveryChangeOfIt() {
    process.workload = new Workload(Arrays.asList("127.0.0.1"), Arrays.asList(8080, 9090));
    client.start();
    loop.settle();
    assertThat(controller.received.get(0))
        .contains(
            "\"workload\":{\"addresses\":[\"127.0.0.1\"],\"weight\":1,\"ports\":["
                + "{\"name\":\"http\",\"port\":8080,\"primary\":true},"
                + "{\"name\":\"p9090\",\"port\":9090,\"primary\":false}]}");
    client.listenersChanged();
    loop.settle();
    assertThat(controller.received("register")).isEmpty();
    process.workload = Workload.NOTHING;
    client.listenersChanged();
    loop.settle();
    assertThat(controller.received("register"))
        .containsExactly(
            "{\"type\":\"register\",\"workload\":{\"addresses\":[],\"weight\":1,\"ports\":[]}}");
  }

  @Test
  void namesItsGroupAndProbesAsItIsToldAndSaysWhatTheProbeFound() {
    process.workload = new Workload(Arrays.asList("127.0.0.1"), Arrays.asList(8080));
    client.start();
    loop.settle();
    assertThat(controller.received.get(0)).contains("\"group\":\"vms\"").doesNotContain("ready");
    controller.say(
        "{'type':'probe','http':true,'host':'127.0.0.1','port':8080,'path':'/r','headers':['A: b'],"
            + "'periodMillis':500,'later':{}}");
    loop.settle();
    assertThat(process.probe)
        .hasToString("http://127.0.0.1:8080/r[A: b] after 0 ms, every 500 ms, within 1000 ms, 1/3");
    process.workload = process.workload.probed(false);
    client.listenersChanged();
    loop.settle();
    assertThat(controller.received("register"))
        .singleElement()
        .asString()
        .contains("\"weight\":1,\"ready\":false,");
    controller.say("{'type':'probe'}");
    loop.settle();
    assertThat(process.probe).isNull();
  }

  @Test
  void subscribesOnFirstUseAndAgainOnEveryConnection() {
    client.want(ORDERS);
    client.start();
    loop.settle();
    client.want(ORDERS);
    loop.settle();
    String subscribe = "{\"type\":\"subscribe\",\"services\":[\"default/orders\"]}";
    assertThat(controller.received("subscribe")).containsExactly(subscribe);
    controller.drop();
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.received("subscribe")).containsExactly(subscribe);
  }

  @Test
  void itsPlaceAmongItsPeersReachesTheEngine() {
    client.start();
    loop.settle();
    controller.say("{\"type\":\"peers\",\"index\":3,\"count\":200}");
    loop.settle();
    assertThat(process.peers).isEqualTo("3 of 200");
  }

  @Test
  void aSnapshotReachesTheEngineAndIsAcked() {
    connectWithOrders("e1");
    assertThat(process.endpoints()).containsExactly("a READY", "b READY");
    assertThat(controller.received("ack"))
        .containsExactly(
            "{\"type\":\"ack\",\"service\":\"default/orders\",\"hash\":\"h1\",\"epoch\":\"e1\",\"seq\":3}");
  }

  @Test
  void aDeltaThatFitsIsAppliedAndOneThatDoesNotAsksForTheWhole() {
    connectWithOrders("e1");
    controller.say(
        "{'type':'endpoints','service':'default/orders','epoch':'e1','from':3,'seq':4,'upsert':["
            + endpoint("c")
            + "],'remove':['a']}");
    loop.settle();
    assertThat(process.endpoints()).containsExactly("b READY", "c READY");
    assertThat(controller.received("ack")).hasSize(2);
    controller.say(
        "{'type':'endpoints','service':'default/orders','epoch':'e1','from':7,'seq':8,'upsert':[],'remove':['b']}");
    loop.settle();
    assertThat(process.endpoints()).containsExactly("b READY", "c READY");
    assertThat(controller.received("resync"))
        .containsExactly("{\"type\":\"resync\",\"service\":\"default/orders\"}");
  }

  @Test
  void whatCannotBeObeyedIsRefusedWithItsPathAndTheLastGoodSnapshotKept() {
    connectWithOrders("e1");
    controller.say(
        "{'type':'service','service':'default/orders','epoch':'e1','seq':4,'hash':'h2','onAgentError':'passthrough',"
            + "'mustUnderstand':[],'ports':[],'policy':{},'endpoints':[{'uid':'x','addresses':[]}]}");
    loop.settle();
    assertThat(process.endpoints()).containsExactly("a READY", "b READY");
    assertThat(controller.received("nack")).hasSize(1);
    assertThat(controller.received("nack").get(0))
        .contains("\"seq\":4", "\"path\":\"$.endpoints[0].addresses\"");
  }

  @Test
  void whatTheAgentItselfFailsOverIsRefusedAndTheStateBeforeItKept() {
    connectWithOrders("e1");
    process.broken = new IllegalStateException("expected by the test");
    controller.say(service("e1", 4, endpoint("c")));
    controller.say(
        "{'type':'endpoints','service':'default/orders','epoch':'e1','from':3,'seq':4,'upsert':["
            + endpoint("c")
            + "],'remove':['a']}");
    loop.settle();
    assertThat(controller.received("nack"))
        .hasSize(2)
        .allMatch(nack -> nack.contains("\"seq\":4") && nack.contains("expected by the test"));
    assertThat(controller.connected()).isTrue();

    process.broken = null;
    controller.say(
        "{'type':'endpoints','service':'default/orders','epoch':'e1','from':3,'seq':5,'upsert':[],'remove':['a']}");
    loop.settle();
    assertThat(process.endpoints()).containsExactly("b READY");
  }

  @Test
  void anErrorOverAnotherFrameMakesTheConnectionAnew() {
    connectWithOrders("e1");
    process.broken = new IllegalStateException("expected by the test");
    controller.say("{'type':'names','epoch':'e1','seq':2,'full':false,'add':[],'remove':[]}");
    loop.settle();
    assertThat(controller.connected()).isFalse();
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.connected()).isTrue();
  }

  @Test
  void unknownFramesAndFieldsAreSkippedAndCounted() {
    connectWithOrders("e1");
    controller.say("{'type':'weather','sunny':true}");
    controller.say(
        "{'type':'names','epoch':'e1','seq':2,'full':false,'add':[],'remove':[],'mood':1}");
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.connected()).isTrue();
    assertThat(process.unknownFields).isEqualTo(2);
  }

  @Test
  void aGapInTheNamesMakesTheConnectionAnew() {
    connectWithOrders("e1");
    controller.say("{'type':'names','epoch':'e1','seq':5,'full':false,'add':[],'remove':[]}");
    loop.settle();
    assertThat(controller.connected()).isFalse();
    loop.advance(VirtualLoop.SECOND);
    assertThat(controller.connected()).isTrue();
    assertThat(controller.received("hello").get(0))
        .contains("\"known\":{\"default/orders\":\"h1\"}");
  }

  @Test
  void withoutAControllerEverythingStaysForEver() {
    connectWithOrders("e1");
    controller.up = false;
    controller.drop();
    loop.advance(3600 * VirtualLoop.SECOND);
    assertThat(process.endpoints()).containsExactly("a READY", "b READY");
    assertThat(process.names.resolve("orders", "default")).isEqualTo(ORDERS);
  }

  @Test
  void aRestartedControllerTakesNothingAwayForOneLease() {
    connectWithOrders("e1");
    controller.drop();
    loop.advance(VirtualLoop.SECOND);
    controller.welcome("e2");
    controller.say("{'type':'names','epoch':'e2','seq':1,'full':true,'add':[],'remove':[]}");
    controller.say(service("e2", 1, endpoint("b")));
    loop.settle();
    assertThat(process.names.resolve("orders", "default")).isEqualTo(ORDERS);
    assertThat(process.endpoints()).containsExactly("b READY", "a SUSPECT");

    loop.advance(14 * VirtualLoop.SECOND);
    assertThat(process.endpoints()).containsExactly("b READY", "a SUSPECT");
    controller.say(
        "{'type':'names','epoch':'e2','seq':2,'full':false,'add':[{'service':'default/orders'}],'remove':[]}");
    loop.advance(2 * VirtualLoop.SECOND);
    assertThat(process.endpoints()).containsExactly("b READY");
    assertThat(process.names.resolve("orders", "default")).isEqualTo(ORDERS);
  }

  @Test
  void anEndpointThatComesBackUnderANewEpochIsReadyAgain() {
    connectWithOrders("e1");
    controller.drop();
    loop.advance(VirtualLoop.SECOND);
    controller.welcome("e2");
    controller.say(service("e2", 1, ""));
    controller.say(
        "{'type':'endpoints','service':'default/orders','epoch':'e2','from':1,'seq':2,'upsert':["
            + endpoint("a")
            + "],'remove':[]}");
    loop.settle();
    assertThat(process.endpoints()).containsExactlyInAnyOrder("a READY", "b SUSPECT");
  }

  @Test
  void aNameThatARestartedControllerDoesNotConfirmIsForgotten() {
    connectWithOrders("e1");
    controller.drop();
    loop.advance(VirtualLoop.SECOND);
    controller.welcome("e2");
    controller.say("{'type':'names','epoch':'e2','seq':1,'full':true,'add':[],'remove':[]}");
    loop.advance(17 * VirtualLoop.SECOND);
    assertThat(process.names.resolve("orders", "default")).isNull();
    assertThat(process.forgotten).containsExactly(ORDERS);
    assertThat(controller.received("unsubscribe"))
        .containsExactly("{\"type\":\"unsubscribe\",\"services\":[\"default/orders\"]}");
  }

  @Test
  void renewsWhenItHasNothingElseToSay() {
    client.start();
    loop.settle();
    controller.welcome("e1");
    loop.advance(11 * VirtualLoop.SECOND);
    assertThat(controller.received("renew")).hasSize(2);
  }

  @Test
  void telemetryIsDroppedFirst() {
    connectWithOrders("e1");
    process.telemetry = "{\"type\":\"telemetry\"}";
    controller.congested = true;
    loop.advance(2 * VirtualLoop.SECOND);
    assertThat(controller.received("telemetry")).isEmpty();
    controller.congested = false;
    loop.advance(2 * VirtualLoop.SECOND);
    assertThat(controller.received("telemetry")).hasSize(2);
  }

  @Test
  void theLastIntervalIsToldBeforeTheExit() {
    client.start();
    loop.settle();
    process.telemetry = "{\"type\":\"telemetry\"}";
    client.exit(() -> {});
    loop.settle();
    assertThat(controller.received).endsWith("{\"type\":\"telemetry\"}", OutgoingFrames.LEAVE);
  }

  @Test
  void aWorkloadDrainsBeforeItLeaves() {
    process.workload = new Workload(Arrays.asList("127.0.0.1"), Arrays.asList(8080));
    client.start();
    loop.settle();
    List<String> done = new ArrayList<>();
    client.exit(() -> done.add("done"));
    loop.settle();
    assertThat(controller.received("drain")).hasSize(1);
    assertThat(controller.received("leave")).isEmpty();
    assertThat(done).isEmpty();
    controller.say("{'type':'drained'}");
    loop.settle();
    assertThat(controller.received("leave")).hasSize(1);
    assertThat(done).hasSize(1);
    loop.advance(10 * VirtualLoop.SECOND);
    assertThat(controller.attempts).isEqualTo(1);
  }

  @Test
  void aControllerThatDoesNotAnswerHoldsTheExitUpForLessThanTwoSeconds() {
    process.workload = new Workload(Arrays.asList("127.0.0.1"), Arrays.asList(8080));
    client.start();
    loop.settle();
    List<String> done = new ArrayList<>();
    client.exit(() -> done.add("done"));
    loop.advance(2 * VirtualLoop.SECOND - 1);
    assertThat(done).hasSize(1);
    assertThat(controller.received("leave")).hasSize(1);
  }

  @Test
  void withoutAControllerTheExitIsNotHeldUpAtAll() {
    controller.up = false;
    client.start();
    loop.settle();
    List<String> done = new ArrayList<>();
    client.exit(() -> done.add("done"));
    loop.settle();
    assertThat(done).hasSize(1);
  }

  @Test
  void whatWasCalledIsKnownToTheNextRunAsSuspect(@TempDir Path directory) throws Exception {
    ControlClient first = client(cache(directory));
    first.want(ORDERS);
    first.start();
    loop.settle();
    sayOrders("e1");
    loop.advance(2 * VirtualLoop.SECOND);

    controller.up = false;
    process.snapshots.clear();
    process.names = NameTable.EMPTY;
    client(cache(directory)).start();
    loop.settle();
    assertThat(process.remembered.resolve("orders", "default")).isEqualTo(ORDERS);
    assertThat(process.names.size()).isZero();
    assertThat(process.endpoints()).containsExactly("a SUSPECT", "b SUSPECT");
    assertThat(Files.list(directory)).hasSize(1);
  }

  @Test
  void theCacheIsWrittenNowAndThenAndNotOnTheControlLoop(@TempDir Path directory) throws Exception {
    List<Runnable> disk = new ArrayList<>();
    ControlClient caching = client(cache(directory, disk::add));
    caching.start();
    loop.settle();
    sayOrders("e1");
    loop.advance(VirtualLoop.SECOND);
    assertThat(disk).hasSize(1);
    assertThat(Files.list(directory)).isEmpty();
    disk.remove(0).run();
    assertThat(Files.list(directory)).hasSize(1);

    for (int seq = 2; seq < 12; seq++) {
      controller.say(
          "{'type':'names','epoch':'e1','seq':" + seq + ",'full':false,'add':[],'remove':[]}");
      loop.advance(VirtualLoop.SECOND / 2);
    }
    assertThat(disk).as("changes of endpoints and names wait").isEmpty();
    caching.want(ORDERS);
    loop.advance(VirtualLoop.SECOND);
    assertThat(disk).as("a first call does not").hasSize(1);
    loop.advance(60 * VirtualLoop.SECOND);
    assertThat(disk).as("nothing changed since").hasSize(1);
  }

  @Test
  void theCacheIsReadByWhomTheFileSystemKnowsAsItsOwner(@TempDir Path directory) throws Exception {
    String name = System.getProperty("user.name");
    System.setProperty("user.name", "somebody");
    try {
      whatWasCalledIsKnownToTheNextRunAsSuspect(directory);
    } finally {
      System.setProperty("user.name", name);
    }
  }

  @Test
  void theCacheIsItsOwnersAndClearsWhatAnEarlierWriteLeftBehind(@TempDir Path directory)
      throws Exception {
    Path made = directory.resolve("made");
    PolicyCache cache = cache(made);
    CachedPolicy policy = new CachedPolicy("e1", Collections.emptyList(), Collections.emptyList());
    cache.write(policy);
    if (made.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertThat(Files.getPosixFilePermissions(made))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
    Path file = Files.list(made).findFirst().get();
    Path old = Files.createFile(made.resolve(file.getFileName() + ".1.tmp"));
    Files.setLastModifiedTime(old, FileTime.fromMillis(0));
    Path fresh = Files.createFile(made.resolve(file.getFileName() + ".2.tmp"));
    cache(made).write(policy);
    assertThat(Files.list(made)).containsExactlyInAnyOrder(file, fresh);
  }

  @Test
  void aMalformedCacheIsIgnored(@TempDir Path directory) throws Exception {
    ControlClient first = client(cache(directory));
    first.want(ORDERS);
    first.start();
    loop.settle();
    sayOrders("e1");
    loop.advance(2 * VirtualLoop.SECOND);
    Path file = Files.list(directory).findFirst().get();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    process.snapshots.clear();
    process.names = NameTable.EMPTY;
    controller.up = false;
    client(cache(directory)).start();
    loop.settle();
    assertThat(process.snapshots).isEmpty();
    assertThat(process.remembered.size()).isZero();
  }

  private void connectWithOrders(String epoch) {
    client.want(ORDERS);
    client.start();
    loop.settle();
    sayOrders(epoch);
  }

  private void sayOrders(String epoch) {
    controller.welcome(epoch);
    controller.say(
        "{'type':'names','epoch':'"
            + epoch
            + "','seq':1,'full':true,'add':[{'service':'default/orders'}],'remove':[]}");
    controller.say(service(epoch, 3, endpoint("a") + "," + endpoint("b")));
    loop.settle();
  }

  private static String service(String epoch, int seq, String endpoints) {
    return "{'type':'service','service':'default/orders','epoch':'"
        + epoch
        + "','seq':"
        + seq
        + ",'hash':'h1','onAgentError':'passthrough','mustUnderstand':[],'ports':[],'policy':{},'endpoints':["
        + endpoints
        + "]}";
  }

  private static String endpoint(String uid) {
    return "{'uid':'"
        + uid
        + "','addresses':['127.0.0.1'],'ports':{'http':8080},'health':'ready','weight':1}";
  }

  private static PolicyCache cache(Path directory) {
    return cache(directory, Runnable::run);
  }

  private static PolicyCache cache(Path directory, Executor disk) {
    return new PolicyCache(directory, "127.0.0.1:15010", "default", "storefront", disk);
  }

  private ControlClient client(PolicyCache cache) {
    Greeting greeting =
        new Greeting(
            new ProcessIdentity("u1", 1, "h", "17"),
            "0",
            "default",
            "storefront",
            Collections.singletonMap("app", "storefront"),
            "",
            "vms");
    return new ControlClient(loop, controller, greeting, process, process, cache);
  }

  /** The rest of the process, as the client sees it. */
  private static final class Process implements ControlClient.Surroundings, PolicySink {
    Workload workload = Workload.NOTHING;
    String telemetry;
    Probe probe;
    RuntimeException broken;
    long unknownFields;
    NameTable names = NameTable.EMPTY;
    String peers;
    NameTable remembered = NameTable.EMPTY;
    final Map<ServiceId, ServiceSnapshot> snapshots = new HashMap<>();
    final List<ServiceId> forgotten = new ArrayList<>();

    List<String> endpoints() {
      List<Endpoint> endpoints = snapshots.get(ORDERS).endpoints;
      for (Endpoint endpoint : endpoints) {
        assertThat(endpoint.health).isNotEqualTo(Health.DRAINING);
      }
      return endpoints.stream().map(e -> e.uid + " " + e.health).collect(Collectors.toList());
    }

    private void fail() {
      if (broken != null) {
        throw broken;
      }
    }

    @Override
    public Workload workload(Reach reach) {
      return workload;
    }

    @Override
    public void probe(Probe told) {
      probe = told;
    }

    @Override
    public String takeTelemetry(long unknown) {
      unknownFields = unknown;
      return telemetry;
    }

    @Override
    public void names(NameTable table) {
      fail();
      names = table;
    }

    @Override
    public void peers(int index, int count) {
      peers = index + " of " + count;
    }

    @Override
    public void rememberedNames(NameTable table) {
      remembered = table;
    }

    @Override
    public void snapshot(ServiceSnapshot snapshot) {
      fail();
      snapshots.put(snapshot.id, snapshot);
    }

    @Override
    public void forget(ServiceId service) {
      forgotten.add(service);
    }
  }
}
