package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.EngineSettings;
import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.HostMeaning;
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
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.scripted.TestMesh;
import dev.meshagent.spi.Listeners;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine itself behind the door, fed by the test: a mesh of one process. */
final class LocalMesh extends TestMesh {
  /** Throws where it is applied. */
  private static final HeaderOps NO_VALUE =
      new HeaderOps(Collections.singletonMap("tag", null), Map.of(), List.of());

  /** Places within a call. */
  private static final Set<String> UNFIT = Set.of("step", "headers", "answer", "finish");

  private final Engine engine;
  private final Map<String, NamedService> named = new ConcurrentHashMap<>();

  /** Places where the next question throws. */
  final Set<String> broken = ConcurrentHashMap.newKeySet();

  /** Attempts that could not be prepared and of whose end the engine was told. */
  final AtomicInteger givenBack = new AtomicInteger();

  /** Calls with such a place of which the engine was not told that they were given up. */
  final Set<MeshCall> unfit = ConcurrentHashMap.newKeySet();

  /** Whom the servers of the process told of. */
  final KnownListeners listeners = new KnownListeners();

  private long seq;

  LocalMesh() {
    engine =
        new Engine(
            System::nanoTime,
            new Chance(),
            new EngineSettings(
                "default",
                Locality.parse(""),
                Map.of(),
                System.nanoTime() + TimeUnit.SECONDS.toNanos(1)),
            service -> {});
  }

  /** Names nobody but those services. */
  void names(String... services) {
    named.clear();
    for (String service : services) {
      ServiceId id = new ServiceId("default", service);
      named.put(service, new NamedService(id, List.of(), OnAgentError.PASSTHROUGH));
    }
    engine.names(NameTable.EMPTY.with(named.values(), List.of()));
  }

  void endpoints(String service, ServicePolicy policy, int... ports) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int port : ports) {
      endpoints.add(endpoint(port));
    }
    engine.snapshot(
        new ServiceSnapshot(
            new ServiceId("default", service),
            "e1",
            ++seq,
            "",
            OnAgentError.PASSTHROUGH,
            List.of(),
            List.of(),
            policy,
            endpoints));
  }

  private static Endpoint endpoint(int port) {
    return new Endpoint(
        "127.0.0.1:" + port,
        List.of("127.0.0.1"),
        Map.of("grpc", port),
        null,
        Health.READY,
        Endpoint.DEFAULT_WEIGHT,
        Locality.parse(""),
        Map.of());
  }

  IntervalReport report() {
    return engine.takeInterval();
  }

  private void fail(String place) {
    if (broken.contains(place)) {
      throw new IllegalStateException("made to throw: " + place);
    }
  }

  @Override
  public MeshCall open(String library, RequestHead head) {
    fail("open");
    MeshCall call = engine.open(library, head);
    if (UNFIT.stream().anyMatch(broken::contains)) {
      return new Unfit(call);
    }
    return broken.contains("next") ? new FailsLater(call) : call;
  }

  @Override
  public HostMeaning meaning(String host) {
    fail("meaning");
    return engine.meaning(host);
  }

  @Override
  public void watch(Runnable changed) {
    engine.watch(changed);
  }

  @Override
  public void unwatch(Runnable changed) {
    engine.unwatch(changed);
  }

  @Override
  public Listeners listeners() {
    return listeners;
  }

  /** A call that cannot be begun, whose attempts cannot be prepared or answers not be taken. */
  private final class Unfit implements MeshCall {
    private final MeshCall call;

    Unfit(MeshCall call) {
      this.call = call;
      unfit.add(this);
    }

    @Override
    public Step next() {
      fail("step");
      Step step = call.next();
      return step.kind == Step.Kind.ATTEMPT ? new UnfitAttempt((Attempt) step) : step;
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      givenBack.incrementAndGet();
      fail("finish");
      return call.finish(whole(attempt), outcome);
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return call.broken(whole(attempt), outcome);
    }

    @Override
    public void release(Attempt attempt) {
      call.release(whole(attempt));
    }

    @Override
    public void cancel() {
      unfit.remove(this);
      call.cancel();
    }
  }

  /** The engine's own attempt; copies are it already. */
  private static Attempt whole(Attempt attempt) {
    return attempt instanceof UnfitAttempt ? ((UnfitAttempt) attempt).whole : attempt;
  }

  private final class UnfitAttempt extends Attempt {
    final Attempt whole;

    UnfitAttempt(Attempt whole) {
      super(whole.endpoint, whole.address, whole.port, whole.number, whole.timeoutNanos);
      this.whole = whole;
    }

    @Override
    public HeaderOps requestHeaders() {
      fail("headers");
      return whole.requestHeaders();
    }

    @Override
    public List<Attempt> mirrors() {
      return whole.mirrors();
    }

    @Override
    public HeaderOps responseHeaders() {
      return broken.contains("answer") ? NO_VALUE : whole.responseHeaders();
    }
  }

  /** Answers once, and throws when it is asked again. */
  private static final class FailsLater implements MeshCall {
    private final MeshCall call;
    private boolean asked;

    FailsLater(MeshCall call) {
      this.call = call;
    }

    @Override
    public Step next() {
      if (asked) {
        throw new IllegalStateException("made to throw: next");
      }
      asked = true;
      return call.next();
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      return call.finish(attempt, outcome);
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return call.broken(attempt, outcome);
    }

    @Override
    public void release(Attempt attempt) {
      call.release(attempt);
    }

    @Override
    public void cancel() {
      call.cancel();
    }
  }

  private static final class Chance implements Randomness {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return ThreadLocalRandom.current().nextInt(bound);
    }
  }
}
