package dev.meshagent.engine.simulation;

import java.util.List;
import java.util.function.Consumer;

/** A process that takes one server after the other, without retries: what to compare with. */
final class RoundRobinCaller implements Caller {
  private final Simulation simulation;
  private final Service service;
  private int next;

  RoundRobinCaller(Simulation simulation, Service service) {
    this.simulation = simulation;
    this.service = service;
  }

  @Override
  public void call(Consumer<Answer> done) {
    long began = simulation.now();
    List<Server> servers = service.servers();
    servers
        .get(next++ % servers.size())
        .send(
            outcome ->
                done.accept(
                    new Answer(
                        outcome.status >= 200 && outcome.status < 500, simulation.now() - began)));
  }
}
