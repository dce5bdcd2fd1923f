package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Opens a call of the mesh for an exchange when it is subscribed to, or lets the library go on. */
final class Acquiring extends Mono<Connection> {
  private final Mesh mesh;
  private final Exchange exchange;
  private final RequestView head;

  Acquiring(Mesh mesh, Exchange exchange, RequestView head) {
    this.mesh = mesh;
    this.exchange = exchange;
    this.head = head;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Connection> actual) {
    MeshCall call = null;
    Step first = Step.PASS;
    try {
      call = mesh.open(ReactorNettyModule.NAME, head);
      first = call == null ? Step.PASS : call.next();
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
    if (first.kind == Step.Kind.PASS) {
      exchange.acquire(exchange.observer).subscribe(actual);
    } else {
      new Hop(mesh, call, exchange, head, actual).start(first);
    }
  }
}
