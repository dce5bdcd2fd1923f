package dev.meshagent.engine.simulation;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.snapshot.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A simulated instance of a service: a fixed number of workers behind one queue. It can fail, pause
 * as a collector of garbage does, refuse connections and die.
 */
final class Server {
  /** One way between any two processes: a data centre's. */
  private static final long NETWORK_NANOS = 100_000;

  final Endpoint endpoint;

  ServiceTime time;
  int status = 200;

  /** False: connections are refused. */
  boolean up = true;

  /** Attempts that reached it, refused ones included. */
  long attempts;

  /** The most it had in work and in its queue at once since this was last set. */
  int mostInFlight;

  private final Simulation simulation;
  private final int workers;
  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private final Set<Request> inFlight = new LinkedHashSet<>();
  private int busy;
  private long pausedUntilNanos;

  private static final class Request {
    final Consumer<Outcome> done;

    Request(Consumer<Outcome> done) {
      this.done = done;
    }
  }

  Server(Simulation simulation, Endpoint endpoint, ServiceTime time, int workers) {
    this.simulation = simulation;
    this.endpoint = endpoint;
    this.time = time;
    this.workers = workers;
    this.pausedUntilNanos = simulation.now();
  }

  int inFlight() {
    return inFlight.size();
  }

  /** A request is sent to it; the outcome comes back over the same network. */
  void send(Consumer<Outcome> done) {
    simulation.after(NETWORK_NANOS, () -> arrive(new Request(done)));
  }

  private void arrive(Request request) {
    attempts++;
    if (!up) {
      answer(request, Outcome.failure(Outcome.Failure.CONNECT, null));
      return;
    }
    inFlight.add(request);
    mostInFlight = Math.max(mostInFlight, inFlight.size());
    queue.add(request);
    work();
  }

  private void work() {
    while (busy < workers && !queue.isEmpty()) {
      busy++;
      Request request = queue.poll();
      simulation.after(time.nanos(simulation.random), () -> complete(request));
    }
  }

  private void complete(Request request) {
    long pause = pausedUntilNanos - simulation.now();
    if (pause > 0) {
      simulation.after(pause, () -> complete(request));
    } else if (inFlight.remove(request)) {
      busy--;
      answer(request, Outcome.response(status, -1));
      work();
    }
  }

  private void answer(Request request, Outcome outcome) {
    simulation.after(NETWORK_NANOS, () -> request.done.accept(outcome));
  }

  /** Nothing is finished for so long; what arrives waits. */
  void pause(double millis) {
    pausedUntilNanos = simulation.now() + (long) (millis * 1e6);
  }

  /** Dies: what is in flight is reset, what comes is refused. */
  void kill() {
    up = false;
    List<Request> lost = new ArrayList<>(inFlight);
    inFlight.clear();
    queue.clear();
    busy = 0;
    for (Request request : lost) {
      answer(request, Outcome.failure(Outcome.Failure.RESET, null));
    }
  }
}
