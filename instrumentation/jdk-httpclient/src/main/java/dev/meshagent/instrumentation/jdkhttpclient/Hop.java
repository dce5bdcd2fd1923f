package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;

/**
 * One request of the client on its way through the mesh. It asks the engine what to do, sends over
 * the client's own exchange ({@link Leg}), and tells the engine how that ended.
 *
 * <p>One thread at a time drives it: the client's, or after a wait one of the client's executor; or
 * several in turn, where attempts run beside one another ({@link Rivals}). It holds no thread while
 * it waits. {@link #cancelled} may come on any thread at any time; it sets a mark that is looked at
 * before each attempt and after it, and only ends the hop itself while that is parked.
 */
final class Hop {
  private final Mesh mesh;
  private final MeshCall call;
  private final Object multi;
  private final RequestView head;

  /** Over the exchange that the client began. */
  private final Leg first;

  /** In {@link System#nanoTime}; 0 where the application set no timeout, to cost less. */
  private final long startedNanos;

  /** Over the exchange that the client has for its call by now. */
  private volatile Leg current;

  /** Null where one attempt runs at a time. */
  private volatile Rivals rivals;

  /** Null until the first, to cost less where there is none. */
  private volatile Pauses pauses;

  /** Why the application or its timer gave up, or null. */
  private volatile IOException gaveUp;

  /** By which exchange the client knows the response, or null. */
  private volatile Object readOver;

  private int attempts;
  private Failure lastFailure = Failure.NONE;

  Hop(Mesh mesh, MeshCall call, Object exchange, RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.multi = ClientInternals.multi(exchange);
    this.head = head;
    this.first = new Leg(mesh, this);
    first.bind(exchange);
    this.current = first;
    this.startedNanos = ((HttpRequest) request()).timeout().isPresent() ? System.nanoTime() : 0;
  }

  Leg first() {
    return first;
  }

  Leg current() {
    return current;
  }

  /** The application's. */
  Object request() {
    return first.request();
  }

  Object multi() {
    return multi;
  }

  String host() {
    return head.host();
  }

  long startedNanos() {
    return startedNanos;
  }

  /** The body is read over that exchange; the client knows the response by the first such. */
  Object readOver(Object exchange) {
    if (readOver == null) {
      readOver = exchange;
    }
    return readOver;
  }

  /**
   * The body of the delivered response broke, and nobody has seen anything of it.
   *
   * @return true if the engine grants a further attempt, which {@link #again} begins
   */
  boolean broken(IOException cause) {
    if (gaveUp != null || ClientInternals.cancelled(multi)) {
      return false;
    }
    Failure failure = Outcomes.failure(cause, false, true, false);
    Verdict verdict = call.broken(current.attempt(), Outcome.failure(failure, cause));
    if (verdict != Verdict.RETRY) {
      return false;
    }
    lastFailure = failure;
    current.reopen();
    first.renewResult();
    return true;
  }

  /** Begins the attempt that was granted; the future is of its response. */
  CompletableFuture<Object> again() {
    CompletableFuture<Object> response = first.result();
    if (rivals == null) {
      retry();
    } else {
      rivals.inTurn(this::advance);
    }
    return response;
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
      mesh.agentError(JdkHttpClientModule.NAME, e);
      if (attempts == 0) {
        Hops.remove(this);
        // Should it have been parked already, then waking it must not send the request as well.
        first.result().cancel(false);
        return null;
      }
      fail(new IOException("mesh-agent failed", e));
    }
    return first.result();
  }

  void release(Attempt delivered) {
    call.release(delivered);
  }

  /** An attempt is not waited for any more. */
  void lost(Attempt attempt) {
    Failure how = gaveUp instanceof HttpTimeoutException ? Failure.TIMEOUT : Failure.CANCELLED;
    call.finish(attempt, gaveUp == null ? Outcome.failure(how, null) : Outcome.last(how, gaveUp));
  }

  /** The client breaks the exchange of a leg off; see {@link Leg#cancelled}. */
  void cancelled(Leg leg, IOException reason) {
    Leg known = current;
    if (leg != first && leg != known) {
      return; // A companion's; its failure is seen as that of any attempt.
    }
    gaveUp = reason;
    Rivals beside = rivals;
    if (known.delivered()) {
      if (leg != known) {
        ClientInternals.cancel(known.exchange(), reason);
      }
      Hops.remove(this);
      known.release();
    } else if (beside != null) {
      beside.inTurn(() -> giveUp(reason));
    } else if (waiting()) {
      giveUp(reason);
    }
  }

  private void resume(Object pause) {
    Rivals beside = rivals;
    if (beside == null) {
      advance();
    } else {
      beside.inTurn(
          () -> {
            if (pauses.is(pause)) {
              advance();
            }
          });
    }
  }

  private void advance() {
    stopWaiting();
    if (first.result().isDone()) {
      return;
    }
    try {
      take(call.next());
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      if (rivals == null) {
        pass();
      } else if (rivals.none()) {
        fail(new IOException("mesh-agent failed", e));
      }
    }
  }

  private void take(Step step) {
    if (gaveUp != null) {
      giveUp(gaveUp);
      return;
    }
    switch (step.kind) {
      case PASS:
        pass();
        return;
      case ATTEMPT:
        send((Attempt) step);
        return;
      case WAIT:
        park(null, ((Step.Wait) step).nanos);
        return;
      case QUEUE:
        park((Step.Queue) step, ((Step.Queue) step).maxNanos);
        return;
      case RESPOND:
        answer(SyntheticAnswer.of((Step.Respond) step, head.method()));
        return;
      case REDIRECT:
        answer(SyntheticAnswer.of((Step.Redirect) step));
        return;
      case FAIL:
        ClientInternals.noSecondTry(multi);
        fail(Outcomes.exception((Step.Fail) step, lastFailure));
        return;
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  /** Lets the exchange go on as if there were no agent. */
  private void pass() {
    Hops.remove(this);
    first.unpin();
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

  private void send(Attempt next) {
    if (++attempts > 1) {
      sendFurther(next);
      return;
    }
    MirrorCall.send(mesh, call, next, first.exchange());
    if (!Rivals.wanted(next, this)) {
      first.send(next);
      return;
    }
    Rivals beside = new Rivals(mesh, this);
    rivals = beside;
    beside.inTurn(
        () -> {
          beside.first(first, next);
          awaitHedge(next);
        });
  }

  private void sendFurther(Attempt next) {
    if (rivals == null) {
      first.send(next);
    } else {
      rivals.beside(next);
      awaitHedge(next);
    }
  }

  private void awaitHedge(Attempt sent) {
    long nanos = sent.hedgeAfterNanos();
    if (nanos != Long.MAX_VALUE) {
      park(null, nanos);
    }
  }

  /** An attempt ended, by a response or a failure. */
  void ended(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    Rivals beside = rivals;
    if (beside == null) {
      judge(leg, ended, response, thrown, timedOut);
    } else {
      beside.inTurn(
          () -> {
            if (beside.ended(leg)) {
              judge(leg, ended, response, thrown, timedOut);
            }
          });
    }
  }

  private void judge(Leg leg, Attempt ended, Object response, Throwable thrown, boolean timedOut) {
    try {
      if (thrown == null) {
        answered(leg, ended, response);
      } else {
        failed(leg, ended, thrown, timedOut);
      }
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      if (thrown != null) {
        fail(thrown);
      } else if (leg == first) {
        // As it came; complete already if it was what follows that failed.
        first.deliversAsItCame();
        first.result().complete(response);
      } else {
        fail(new IOException("mesh-agent failed", e));
      }
    }
  }

  private void answered(Leg leg, Attempt ended, Object response) {
    head.bodyMayBeSent = true;
    Verdict verdict = call.finish(ended, Outcomes.response(response));
    if (verdict == Verdict.DISCARD) {
      discard(leg);
    } else if (verdict == Verdict.DELIVER) {
      deliver(leg, response);
    } else if (gaveUp != null) {
      call.cancel();
      deliver(leg, response);
    } else if (rivals == null) {
      ClientInternals.ignoreBody(leg.exchange()).whenComplete((none, thrown) -> retry());
    } else {
      leg.leave(true);
      advance();
    }
  }

  private void failed(Leg leg, Attempt ended, Throwable thrown, boolean timedOut) {
    Throwable cause = Outcomes.cause(thrown);
    if (gaveUp == null && ClientInternals.cancelledByApplication(multi)) {
      gaveUp = new IOException("Request cancelled");
    }
    if (gaveUp != null) {
      // To begin this attempt may have wiped the client's own mark: it must not try once more.
      ClientInternals.markCancelled(multi);
      lost(ended);
      call.cancel();
      fail(thrown);
      return;
    }
    lastFailure = timedOut ? Failure.TIMEOUT : leg.failure(cause);
    head.bodyMayBeSent |= !lastFailure.unsent();
    Verdict verdict = call.finish(ended, Outcome.failure(lastFailure, cause));
    if (rivals != null && leg.bound()) {
      leg.leave(false);
    }
    if (verdict == Verdict.RETRY) {
      retry();
      return;
    }
    if (verdict == Verdict.DISCARD && othersMayAnswer()) {
      return;
    }
    if (attempts > 1 || cause instanceof ConnectException || verdict == Verdict.DISCARD) {
      // The client would try once more by itself; the mesh has tried what it was allowed to. What
      // is left to the client is its remedy for a kept connection that the server had closed.
      ClientInternals.noSecondTry(multi);
    }
    fail(thrown);
  }

  private boolean othersMayAnswer() {
    return rivals != null && (!rivals.none() || waiting());
  }

  /** Nobody wants the response: it is a mirror's, or another attempt answers. */
  private void discard(Leg leg) {
    IOException dropped = new IOException("response dropped");
    if (rivals == null) {
      ClientInternals.noSecondTry(multi);
      ClientInternals.ignoreBody(leg.exchange()).whenComplete((none, thrown) -> fail(dropped));
      return;
    }
    leg.leave(true);
    if (!othersMayAnswer()) {
      fail(dropped);
    }
  }

  private void retry() {
    if (gaveUp == null && rivals == null) {
      // Before the mark is looked at again: a cancellation after this meets a fresh exchange.
      ClientInternals.renew(first.exchange());
    }
    advance();
  }

  private void deliver(Leg leg, Object response) {
    Rivals beside = rivals;
    if (beside != null) {
      stopWaiting();
      beside.breakOff();
      handOver(leg);
    }
    Object delivered = leg.deliver(response);
    if (ClientInternals.webSocket(request()) || gaveUp != null) {
      Hops.remove(this);
      leg.release();
    }
    first.result().complete(delivered);
  }

  /** Gives the client the exchange that brought the response for the one that it has. */
  private void handOver(Leg winner) {
    Leg before = current;
    if (before == winner) {
      return;
    }
    current = winner;
    ClientInternals.setExchange(multi, winner.exchange());
    ClientInternals.noSecondTry(multi);
    if (before != first) {
      Hops.remove(before);
    }
    winner.endCompanion();
    IOException reason = gaveUp;
    if (reason != null) {
      winner.breakOff(reason); // The client broke off what it had until now.
    }
  }

  private void answer(SyntheticAnswer answer) {
    first.delivers(answer);
    first
        .result()
        .complete(ClientInternals.response(first.exchange(), answer.status(), answer.headers()));
  }

  private void giveUp(IOException reason) {
    if (rivals != null) {
      if (first.result().isDone()) {
        return;
      }
      ClientInternals.markCancelled(multi);
      rivals.breakOff();
    }
    call.cancel();
    fail(reason);
  }

  private void fail(Throwable thrown) {
    stopWaiting();
    if (rivals != null) {
      rivals.breakOff();
    }
    Hops.remove(this);
    first.result().completeExceptionally(thrown);
  }

  private void park(Step.Queue queue, long nanos) {
    if (pauses == null) {
      pauses = new Pauses(mesh, multi, this::resume);
    }
    pauses.begin(queue, nanos);
    if (gaveUp != null) {
      giveUp(gaveUp);
    }
  }

  private boolean waiting() {
    Pauses any = pauses;
    return any != null && any.waiting();
  }

  private void stopWaiting() {
    if (pauses != null) {
      pauses.end();
    }
  }
}
