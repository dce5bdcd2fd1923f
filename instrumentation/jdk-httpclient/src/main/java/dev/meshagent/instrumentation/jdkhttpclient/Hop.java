package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;

/**
 * One request of the client on its way through the mesh: asks the engine what to do, and does it.
 * What is sent is {@link Sending}'s, what comes back the {@link Judge}'s; the client has its answer
 * by the {@link Delivery}, and is heard by the {@link Cancellation}. Those keep nothing: all that
 * is known of a call is here, so that it is one object, with a {@link Leg} for each exchange.
 *
 * <p>One thread at a time drives it: the client's, or after a wait one of the client's executor; or
 * several in turn, where attempts run beside one another ({@link Rivals}). It holds no thread while
 * it waits. What is volatile is read by others too.
 */
final class Hop {
  private final Mesh mesh;
  private final MeshCall call;
  private final RequestView head;

  /** Over the exchange that the client began. */
  private final Leg first;

  /** In {@link System#nanoTime}; 0 where the application set no timeout, to cost less. */
  private final long startedNanos;

  /** Null until the first, to cost less where there is none. */
  private volatile Pauses pauses;

  /** Where attempts run beside one another; null where one runs at a time. */
  volatile Rivals rivals;

  /** How many attempts were sent, or were about to be. */
  int attempts;

  /** How the attempt that ended last failed; NONE if none did. */
  Failure lastFailure = Failure.NONE;

  /** Over the exchange that the client has for its call by now. */
  volatile Leg current;

  /** By which exchange the client knows the response, or null. */
  volatile Object readOver;

  /** Why the application or its timer gave up, or null. */
  volatile IOException cancelReason;

  Hop(Mesh mesh, MeshCall call, Object exchange, RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.head = head;
    this.first = new Leg(this);
    first.bind(exchange);
    this.current = first;
    this.startedNanos = ((HttpRequest) request()).timeout().isPresent() ? System.nanoTime() : 0;
  }

  Mesh mesh() {
    return mesh;
  }

  MeshCall call() {
    return call;
  }

  /** The client's for the call. */
  Object multi() {
    return ClientInternals.multi(first.exchange());
  }

  RequestView head() {
    return head;
  }

  /** The application's. */
  Object request() {
    return first.request();
  }

  Leg first() {
    return first;
  }

  /** The body is read over that exchange; the client knows the response by the first such. */
  void readsOver(Object exchange) {
    if (readOver == null) {
      readOver = exchange;
    }
  }

  long startedNanos() {
    return startedNanos;
  }

  /**
   * Takes the first step.
   *
   * @return the future of the response, or null to leave the exchange alone after all
   */
  CompletableFuture<Object> start() {
    try {
      Step step = call.next();
      if (step.kind == Step.Kind.PASS) {
        Hops.remove(this);
        return null;
      }
      take(step);
    } catch (Throwable e) {
      if (first.sent()) {
        brokenByMesh(e, new IOException("mesh-agent failed", e));
        return first.result();
      }
      brokenByMesh(e);
      stopWaiting();
      Hops.remove(this);
      first.leaveAlone();
      // Should it have been parked already, then waking it must not send the request as well.
      first.result().cancel(false);
      return null;
    }
    return first.result();
  }

  /** Begins the attempt that was granted for a broken body; the future is of its response. */
  CompletableFuture<Object> again() {
    CompletableFuture<Object> response = first.result();
    Sending.inTurn(this, () -> Judge.retry(this));
    return response;
  }

  /** Asks the engine what to do, and does it. */
  void advance() {
    stopWaiting();
    if (first.result().isDone()) {
      return;
    }
    try {
      take(call.next());
    } catch (Throwable e) {
      if (Sending.alone(this)) {
        brokenByMesh(e);
        pass();
      } else if (Sending.none(this)) {
        brokenByMesh(e, new IOException("mesh-agent failed", e));
      } else {
        mesh.agentError(JdkHttpClientModule.NAME, e); // Those under way may answer yet.
      }
    }
  }

  private void take(Step step) {
    if (cancelReason != null) {
      Cancellation.end(this);
      return;
    }
    switch (step.kind) {
      case PASS:
        pass();
        return;
      case ATTEMPT:
        Sending.send(this, (Attempt) step);
        return;
      case WAIT:
        park(null, ((Step.Wait) step).nanos);
        return;
      case QUEUE:
        park((Step.Queue) step, ((Step.Queue) step).maxNanos);
        return;
      case RESPOND:
        Delivery.answer(this, SyntheticAnswer.of((Step.Respond) step, head.method()));
        return;
      case REDIRECT:
        Delivery.answer(this, SyntheticAnswer.of((Step.Redirect) step));
        return;
      case FAIL:
        ClientInternals.noSecondTry(multi());
        fail(Outcomes.exception((Step.Fail) step, lastFailure));
        return;
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  /** Lets the exchange go on as if there were no agent. */
  private void pass() {
    Hops.remove(this);
    first.leaveAlone();
    ClientInternals.send(first.exchange())
        .whenComplete(
            (response, thrown) -> {
              if (thrown == null) {
                first.result().complete(response);
              } else {
                first.result().completeExceptionally(thrown);
              }
            });
  }

  /** The call has no answer. */
  void fail(Throwable thrown) {
    try {
      stopWaiting();
      Sending.breakOff(this);
    } finally {
      Hops.remove(this);
      first.result().completeExceptionally(thrown);
    }
  }

  /** An error of the agent's: nothing of the call may be left in the engine. */
  void brokenByMesh(Throwable error) {
    mesh.agentError(JdkHttpClientModule.NAME, error);
    try {
      call.cancel();
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
    }
  }

  /** An error of the agent's that leaves the call without an answer. */
  void brokenByMesh(Throwable error, Throwable instead) {
    brokenByMesh(error);
    fail(instead);
  }

  /** When nothing has answered by the time of a hedge, the engine is asked again. */
  void awaitHedge(Attempt sent) {
    long nanos = sent.hedgeAfterNanos();
    if (nanos != Long.MAX_VALUE) {
      park(null, nanos);
    }
  }

  private void park(Step.Queue queue, long nanos) {
    if (pauses == null) {
      pauses = new Pauses(mesh, multi(), this::resume);
    }
    pauses.begin(queue, nanos);
    if (attempts == 0) {
      Cancellation.lookBack(this);
    }
    if (cancelReason != null) {
      Cancellation.end(this);
    }
  }

  private void resume(Object pause) {
    Sending.inTurn(
        this,
        () -> {
          if (pauses.is(pause)) {
            advance();
          }
        });
  }

  boolean waits() {
    Pauses any = pauses;
    return any != null && any.waiting();
  }

  void stopWaiting() {
    if (pauses != null) {
      pauses.end();
    }
  }
}
