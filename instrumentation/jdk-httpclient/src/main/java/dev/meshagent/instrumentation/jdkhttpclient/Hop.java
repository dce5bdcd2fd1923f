package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One exchange of the client (a request and its response) on its way through the mesh. It asks the
 * engine what to do, sends through the client's own exchange, and tells the engine how that ended.
 *
 * <p>One thread at a time drives it: the client's, or after a wait one of the client's executor. It
 * holds no thread while it waits. {@link #cancelled} may come on any thread at any time; it sets a
 * mark that is looked at before each attempt and after it, and only ends the hop itself while that
 * is parked.
 */
final class Hop {
  /** The client's own words. */
  static final String TIMED_OUT = "request timed out";

  private final Mesh mesh;
  private final MeshCall call;
  private final Object exchange;
  private final Object request;
  private final Object multi;
  private final RequestView head;

  /** In {@link System#nanoTime}; 0 where the application set no timeout, to cost less. */
  private final long startedNanos;

  /** Of the response that is being asked for. */
  private volatile CompletableFuture<Object> result = new CompletableFuture<>();

  private final AtomicBoolean released = new AtomicBoolean();

  private volatile PinnedAddress address;
  private volatile Rewriting rewriting;
  private volatile SyntheticAnswer synthetic;
  private volatile boolean delivered;
  private volatile boolean streaming;
  private volatile boolean holding;

  /** What ends the wait, or null while there is none. */
  private volatile Resumption parked;

  /** The thread on which an attempt's own timer breaks it off: that is no cancellation. */
  private volatile Thread timingOut;

  /** Whether the client's timer for the attempt's connection broke it off. */
  private volatile boolean connectTimedOut;

  /** Why the application or its timer gave up, or null. */
  private volatile IOException gaveUp;

  private volatile Attempt attempt;
  private int attempts;
  private Failure lastFailure = Failure.NONE;

  Hop(Mesh mesh, MeshCall call, Object exchange, RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.exchange = exchange;
    this.request = ClientInternals.request(exchange);
    this.multi = ClientInternals.multi(exchange);
    this.head = head;
    this.startedNanos = ((HttpRequest) request).timeout().isPresent() ? System.nanoTime() : 0;
  }

  Object request() {
    return request;
  }

  PinnedAddress address() {
    return address;
  }

  /** What is sent otherwise than the application wrote it, or null. */
  Rewriting rewriting() {
    return rewriting;
  }

  /** What the policy changes in the response. */
  HeaderOps responseHeaders() {
    Attempt last = attempt;
    return last == null ? HeaderOps.NONE : last.responseHeaders();
  }

  /** The attempt's limit, or null if the client's own is shorter. */
  Optional<Duration> connectTimeout(Optional<?> remaining) {
    Attempt last = attempt;
    long nanos = last == null ? Long.MAX_VALUE : last.connectTimeoutNanos();
    boolean longer = remaining.isPresent() && ((Duration) remaining.get()).toNanos() <= nanos;
    return nanos == Long.MAX_VALUE || longer ? null : Optional.of(Duration.ofNanos(nanos));
  }

  SyntheticAnswer synthetic() {
    return synthetic;
  }

  /** Whether the response was handed up to the client. */
  boolean delivered() {
    return delivered;
  }

  /** Whether somebody else sees the body to its end. */
  boolean streaming() {
    return streaming;
  }

  void streams() {
    streaming = true;
  }

  /** Whether nobody sees anything of the response before its body is whole. */
  boolean holdsBody() {
    return holding && synthetic == null && !ClientInternals.takesPushes(multi);
  }

  void holds() {
    holding = true;
  }

  long startedNanos() {
    return startedNanos;
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
    Verdict verdict = call.broken(attempt, Outcome.failure(failure, cause));
    if (verdict != Verdict.RETRY) {
      return false;
    }
    lastFailure = failure;
    holding = false;
    delivered = false;
    released.set(false);
    result = new CompletableFuture<>();
    return true;
  }

  /** Begins the attempt that was granted; the future is of its response. */
  CompletableFuture<Object> again() {
    CompletableFuture<Object> response = result;
    retry();
    return response;
  }

  /**
   * Takes the first step.
   *
   * @return the future of the response, or null to leave the exchange alone after all
   */
  CompletableFuture<Object> start() {
    try {
      Step first = call.next();
      if (first.kind == Step.Kind.PASS) {
        Hops.remove(this);
        return null;
      }
      take(first);
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      if (attempts == 0) {
        Hops.remove(this);
        // Should it have been parked already, then waking it must not send the request as well.
        result.cancel(false);
        return null;
      }
      fail(new IOException("mesh-agent failed", e));
    }
    return result;
  }

  /** Nothing of the delivered attempt is in flight any more. Idempotent. */
  void release() {
    if (attempt != null && released.compareAndSet(false, true)) {
      call.release(attempt);
    }
  }

  /**
   * The client breaks the exchange off.
   *
   * @param cause a ConnectException from the connection's timer, which ends an attempt; an
   *     HttpTimeoutException from the request's timer; another, or null, from the application
   */
  void cancelled(Object cause) {
    if (cause instanceof ConnectException) {
      connectTimedOut = true;
      return;
    }
    if (Thread.currentThread() == timingOut) {
      return;
    }
    IOException reason =
        cause instanceof IOException ? (IOException) cause : new IOException("Request cancelled");
    gaveUp = reason;
    if (delivered) {
      Hops.remove(this);
      release();
    } else if (parked != null) {
      giveUp(reason);
    }
  }

  private void advance() {
    parked = null;
    if (result.isDone()) {
      return;
    }
    try {
      take(call.next());
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      pass();
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
    address = null;
    ClientInternals.send(exchange)
        .whenComplete(
            (response, thrown) -> {
              if (thrown == null) {
                result.complete(response);
              } else {
                result.completeExceptionally(thrown);
              }
            });
  }

  private void send(Attempt next) {
    attempt = next;
    if (++attempts == 1) {
      MirrorCall.send(mesh, call, next, exchange);
    }
    HttpHeaders user = ((HttpRequest) request).headers();
    rewriting = Rewriting.of(next, user, ClientInternals.systemHeaders(request), rewriting);
    connectTimedOut = false;
    try {
      address = PinnedAddress.of(head.host(), next.address, next.port);
    } catch (IOException unusable) {
      ended(next, null, new ConnectException(next.address + " is no address: " + unusable));
      return;
    }
    if (next.timeoutNanos == Long.MAX_VALUE) {
      ClientInternals.send(exchange)
          .whenComplete((response, thrown) -> ended(next, response, thrown));
      return;
    }
    AttemptRace race = new AttemptRace();
    Mesh.Timeout timer =
        mesh.schedule(() -> timedOut(next, race), next.timeoutNanos, TimeUnit.NANOSECONDS);
    ClientInternals.send(exchange)
        .whenComplete(
            (response, thrown) -> {
              timer.cancel();
              AttemptRace.End end = race.ended();
              if (end == AttemptRace.End.IN_TIME) {
                ended(next, response, thrown);
              } else if (end == AttemptRace.End.TIMED_OUT) {
                brokenOff(next);
              }
            });
  }

  private void timedOut(Attempt timed, AttemptRace race) {
    if (!race.timedOut()) {
      return;
    }
    timingOut = Thread.currentThread();
    try {
      ClientInternals.cancel(exchange, new HttpTimeoutException(TIMED_OUT));
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
    } finally {
      timingOut = null;
    }
    if (race.brokenOff()) {
      // Not here: what follows is the client's work, and this is the thread of all timers.
      new Resumption(() -> brokenOff(timed), ClientInternals.executor(multi)).run();
    }
  }

  private void brokenOff(Attempt timed) {
    HttpTimeoutException thrown = new HttpTimeoutException(TIMED_OUT);
    try {
      failed(timed, thrown, true);
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      fail(thrown);
    }
  }

  private void ended(Attempt ended, Object response, Throwable thrown) {
    try {
      if (thrown == null) {
        answered(ended, response);
      } else {
        failed(ended, thrown, false);
      }
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      if (thrown == null) {
        // As it came; complete already if it was what follows that failed.
        delivered = true;
        result.complete(response);
      } else {
        fail(thrown);
      }
    }
  }

  private void answered(Attempt ended, Object response) {
    head.bodyMayBeSent = true;
    Verdict verdict =
        call.finish(
            ended,
            Outcomes.response(
                ClientInternals.status(response),
                ClientInternals.headers(response),
                ClientInternals.version(response)));
    if (verdict == Verdict.RETRY && gaveUp == null) {
      drop();
      return;
    }
    if (verdict == Verdict.DISCARD) {
      discard();
      return;
    }
    if (verdict == Verdict.RETRY) {
      call.cancel();
    }
    deliver(response);
  }

  private void failed(Attempt ended, Throwable thrown, boolean timedOut) {
    Throwable cause = Outcomes.cause(thrown);
    if (gaveUp == null && ClientInternals.cancelledByApplication(multi)) {
      gaveUp = new IOException("Request cancelled");
    }
    if (gaveUp != null) {
      // To begin this attempt may have wiped the client's own mark: it must not try once more.
      ClientInternals.markCancelled(multi);
      boolean timer = gaveUp instanceof HttpTimeoutException;
      call.finish(ended, Outcome.failure(timer ? Failure.TIMEOUT : Failure.CANCELLED, cause));
      call.cancel();
      fail(thrown);
      return;
    }
    lastFailure =
        timedOut
            ? Failure.TIMEOUT
            : Outcomes.failure(
                cause,
                connectTimedOut,
                ClientInternals.connected(exchange),
                ClientInternals.unprocessed(exchange));
    head.bodyMayBeSent |= !Outcomes.nothingSent(lastFailure);
    Verdict verdict = call.finish(ended, Outcome.failure(lastFailure, cause));
    if (verdict == Verdict.RETRY) {
      retry();
      return;
    }
    if (attempts > 1 || cause instanceof ConnectException || verdict == Verdict.DISCARD) {
      // The client would try once more by itself; the mesh has tried what it was allowed to. What
      // is left to the client is its remedy for a kept connection that the server had closed.
      ClientInternals.noSecondTry(multi);
    }
    fail(thrown);
  }

  private void drop() {
    ClientInternals.ignoreBody(exchange).whenComplete((none, thrown) -> retry());
  }

  /** Nobody wants the response. */
  private void discard() {
    ClientInternals.noSecondTry(multi);
    ClientInternals.ignoreBody(exchange)
        .whenComplete((none, thrown) -> fail(new IOException("response dropped")));
  }

  private void retry() {
    if (gaveUp == null) {
      // Before the mark is looked at again: a cancellation after this meets a fresh exchange.
      ClientInternals.renew(exchange);
    }
    advance();
  }

  private void deliver(Object response) {
    delivered = true;
    if (ClientInternals.webSocket(request) || gaveUp != null) {
      Hops.remove(this);
      release();
    }
    HeaderOps changes = responseHeaders();
    result.complete(
        changes.isEmpty()
            ? response
            : ClientInternals.withHeaders(
                exchange, response, Rewriting.changed(ClientInternals.headers(response), changes)));
  }

  private void answer(SyntheticAnswer answer) {
    synthetic = answer;
    delivered = true;
    result.complete(ClientInternals.response(exchange, answer.status(), answer.headers()));
  }

  private void giveUp(IOException reason) {
    Resumption waiting = parked;
    if (waiting != null) {
      waiting.cancel();
    }
    call.cancel();
    fail(reason);
  }

  private void fail(Throwable thrown) {
    Hops.remove(this);
    result.completeExceptionally(thrown);
  }

  private void park(Step.Queue queue, long nanos) {
    Resumption resumption = new Resumption(this::advance, ClientInternals.executor(multi));
    parked = resumption;
    resumption.after(mesh, nanos);
    if (queue != null) {
      queue.onWake(resumption);
    }
    if (gaveUp != null) {
      giveUp(gaveUp);
    }
  }
}
