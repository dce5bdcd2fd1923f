package dev.meshagent.engine.simulation;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.EngineSettings;
import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.SeededRandomness;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A process with the agent: an engine of its own, driven as an asynchronous adapter drives it. */
final class MeshCaller implements Caller {
  final Engine engine;

  /** The uids of the servers that it has a connection to. */
  final Set<String> used = new HashSet<>();

  private final Simulation simulation;
  private final Service service;
  private final RequestHead head;

  MeshCaller(Simulation simulation, Service service, long seed) {
    this(simulation, service, seed, TestRequest.get("http://orders/"));
  }

  MeshCaller(Simulation simulation, Service service, long seed, RequestHead head) {
    this.simulation = simulation;
    this.service = service;
    this.head = head;
    engine =
        new Engine(
            simulation.clock,
            new SeededRandomness(seed),
            new EngineSettings(
                "default",
                Locality.UNKNOWN,
                Collections.<String, String>emptyMap(),
                simulation.now()),
            id -> {});
    engine.names(
        NameTable.EMPTY.with(
            Collections.singletonList(NamedService.of(Mesh.ORDERS)), Collections.emptyList()));
    service.tell(engine);
  }

  @Override
  public void call(Consumer<Answer> done) {
    MeshCall call = engine.open("simulation", head);
    if (call == null) {
      throw new AssertionError("orders is a mesh name");
    }
    new Running(call, done).go();
  }

  private final class Running {
    final MeshCall call;
    final Consumer<Answer> done;
    final long beganNanos = simulation.now();
    final List<Attempt> inFlight = new ArrayList<>();
    boolean over;

    Running(MeshCall call, Consumer<Answer> done) {
      this.call = call;
      this.done = done;
    }

    void go() {
      if (over) {
        return;
      }
      Step step = call.next();
      switch (step.kind) {
        case ATTEMPT:
          send((Attempt) step);
          break;
        case WAIT:
          simulation.after(((Step.Wait) step).nanos, this::go);
          break;
        case FAIL:
          end(false);
          break;
        default:
          throw new AssertionError("unexpected " + step.kind);
      }
    }

    private void send(Attempt attempt) {
      inFlight.add(attempt);
      if (attempt.timeoutNanos != Long.MAX_VALUE) {
        simulation.after(
            attempt.timeoutNanos,
            () -> finish(attempt, Outcome.failure(Outcome.Failure.TIMEOUT, null)));
      }
      if (attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
        simulation.after(
            attempt.hedgeAfterNanos(),
            () -> {
              if (inFlight.contains(attempt)) {
                go();
              }
            });
      }
      used.add(attempt.endpoint.uid);
      service.server(attempt.endpoint.uid).send(outcome -> finish(attempt, outcome));
    }

    private void finish(Attempt attempt, Outcome outcome) {
      if (!inFlight.remove(attempt)) {
        return;
      }
      switch (call.finish(attempt, outcome)) {
        case DELIVER:
          call.release(attempt);
          for (Attempt loser : inFlight) {
            call.finish(loser, Outcome.failure(Outcome.Failure.CANCELLED, null));
          }
          inFlight.clear();
          end(outcome.status >= 200 && outcome.status < 500);
          break;
        case RETRY:
          go();
          break;
        case DISCARD:
          break;
      }
    }

    private void end(boolean good) {
      over = true;
      done.accept(new Answer(good, simulation.now() - beganNanos));
    }
  }
}
