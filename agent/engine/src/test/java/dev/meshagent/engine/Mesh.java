package dev.meshagent.engine;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An engine on virtual time with a service {@code orders}, for tests. */
public final class Mesh {
  public static final ServiceId ORDERS = new ServiceId("default", "orders");

  public final VirtualClock clock = new VirtualClock();
  public final List<ServiceId> wanted = new ArrayList<>();
  public final Engine engine;

  public Mesh() {
    this(Locality.UNKNOWN, Collections.<String, String>emptyMap());
  }

  public Mesh(Locality locality, Map<String, String> labels) {
    engine =
        new Engine(
            clock,
            new SeededRandomness(42),
            new EngineSettings(
                "default", locality, labels, clock.nanos() + TimeUnit.SECONDS.toNanos(1)),
            wanted::add);
  }

  /** Names {@code orders} and gives it these endpoints. */
  public static Mesh with(Endpoint... endpoints) {
    Mesh mesh = new Mesh();
    mesh.name(NamedService.of(ORDERS));
    mesh.snapshot(endpoints);
    return mesh;
  }

  public void name(NamedService... services) {
    engine.names(NameTable.EMPTY.with(Arrays.asList(services), Collections.emptyList()));
  }

  public void snapshot(Endpoint... endpoints) {
    engine.snapshot(snapshot(ORDERS, ServicePolicy.NONE, endpoints));
  }

  public void policy(ServicePolicy policy, Endpoint... endpoints) {
    engine.snapshot(snapshot(ORDERS, policy, endpoints));
  }

  public static ServiceSnapshot snapshot(
      ServiceId id, ServicePolicy policy, Endpoint... endpoints) {
    return snapshot(id, policy, Collections.<ServicePort>emptyList(), endpoints);
  }

  public static ServiceSnapshot snapshot(
      ServiceId id, ServicePolicy policy, List<ServicePort> ports, Endpoint... endpoints) {
    return new ServiceSnapshot(
        id,
        "e1",
        1,
        "sha256:0",
        OnAgentError.PASSTHROUGH,
        Collections.<String>emptyList(),
        ports,
        policy,
        Arrays.asList(endpoints));
  }

  public static Endpoint endpoint(String uid) {
    return endpoint(uid, Health.READY);
  }

  public static Endpoint endpoint(String uid, Health health) {
    return endpoint(uid, health, 1, "", Collections.singletonMap("http", 8080));
  }

  public static Endpoint endpoint(
      String uid, Health health, int weight, String locality, Map<String, Integer> ports) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("app", "orders");
    return endpoint(uid, health, weight, locality, ports, labels);
  }

  public static Endpoint endpoint(
      String uid,
      Health health,
      int weight,
      String locality,
      Map<String, Integer> ports,
      Map<String, String> labels) {
    return new Endpoint(
        uid,
        Collections.singletonList("10.0.0.1"),
        ports,
        null,
        health,
        weight,
        Locality.parse(locality),
        labels);
  }

  public MeshCall open(RequestHead head) {
    return engine.open("test", head);
  }

  public MeshCall open() {
    return open(TestRequest.get("http://orders/"));
  }

  /** The attempt that a call makes next, its backoff passed. */
  public Attempt attempt(MeshCall call) {
    Step step = call.next();
    while (step instanceof Step.Wait) {
      clock.advance(((Step.Wait) step).nanos, TimeUnit.NANOSECONDS);
      step = call.next();
    }
    if (!(step instanceof Attempt)) {
      throw new AssertionError("expected an attempt, not " + step.kind + describe(step));
    }
    return (Attempt) step;
  }

  private static String describe(Step step) {
    return step instanceof Step.Fail ? ": " + ((Step.Fail) step).message : "";
  }

  /** Answers an attempt after some time, to the end of its body. */
  public MeshCall.Verdict answer(MeshCall call, Attempt attempt, int status, long millis) {
    clock.advance(millis, TimeUnit.MILLISECONDS);
    MeshCall.Verdict verdict = call.finish(attempt, Outcome.response(status, -1));
    call.release(attempt);
    return verdict;
  }

  /** One whole call answered 200; returns the uid that answered. */
  public String call(long millis) {
    MeshCall call = open();
    Attempt attempt = attempt(call);
    answer(call, attempt, 200, millis);
    return attempt.endpoint.uid;
  }
}
