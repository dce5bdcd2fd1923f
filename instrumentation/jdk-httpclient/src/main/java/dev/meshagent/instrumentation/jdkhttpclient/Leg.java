package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * One exchange of the client, over which a hop sends its attempts one after the other: where the
 * present one goes, what it changes, and what has become of it. The advice asks it; the hop judges.
 * Safe for any thread, but sending is for the hop's.
 *
 * <p>It is told how an attempt ended that may take for ever, so that such a one needs no object of
 * its own, as {@link SentAttempt} is: the present attempt is followed by another only after that.
 */
final class Leg implements BiConsumer<Object, Throwable> {
  private static final VarHandle RELEASED;

  static {
    try {
      RELEASED = MethodHandles.lookup().findVarHandle(Leg.class, "released", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Hop hop;

  /** By {@link #RELEASED} alone: there is a leg for every call, so it costs no object. */
  @SuppressWarnings("unused")
  private volatile boolean released;

  /** Null until the client begins it. */
  private volatile Object exchange;

  /** Of the response that is being asked for. */
  private volatile CompletableFuture<Object> result = new CompletableFuture<>();

  private volatile Attempt attempt;
  private volatile PinnedAddress address;
  private volatile Rewriting rewriting;
  private volatile SyntheticAnswer synthetic;
  private volatile boolean delivered;
  private volatile boolean streaming;
  private volatile boolean holding;

  private volatile boolean sent;

  /**
   * When the present attempt was sent, in {@link System#nanoTime}; unset if it may take forever.
   */
  private long sentNanos;

  /** Whether the client's timer for the attempt's connection broke it off. */
  private volatile boolean connectTimedOut;

  Leg(Hop hop) {
    this.hop = hop;
  }

  void bind(Object begun) {
    exchange = begun;
  }

  boolean bound() {
    return exchange != null;
  }

  Hop hop() {
    return hop;
  }

  Object exchange() {
    return exchange;
  }

  Object request() {
    return ClientInternals.request(exchange);
  }

  Attempt attempt() {
    return attempt;
  }

  CompletableFuture<Object> result() {
    return result;
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

  /** What a failure of the present attempt says. */
  Failure failure(Throwable cause) {
    return Outcomes.failure(
        cause,
        connectTimedOut,
        bound() && ClientInternals.connected(exchange),
        bound() && ClientInternals.unprocessed(exchange));
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
    return holding && synthetic == null && !ClientInternals.takesPushes(hop.multi());
  }

  void holds() {
    holding = true;
  }

  /** Whether anything was sent over the exchange, or might have been. */
  boolean sent() {
    return sent;
  }

  /** What is left of the present attempt's time, in ns; {@link Long#MAX_VALUE} for no limit. */
  long leftNanos() {
    long limit = attempt.timeoutNanos;
    return limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - sentNanos);
  }

  /** Goes nowhere but where the application's request leads, and as that was written. */
  void leaveAlone() {
    address = null;
    if (rewriting != null) {
      rewriting.undo(ClientInternals.systemHeaders(request()));
      rewriting = null;
    }
  }

  void delivers(SyntheticAnswer answer) {
    synthetic = answer;
    delivered = true;
  }

  /** What was delivered broke, and is asked for again. */
  void reopen() {
    holding = false;
    delivered = false;
    RELEASED.setVolatile(this, false);
  }

  /** A response is asked for once more. */
  void renewResult() {
    result = new CompletableFuture<>();
  }

  /** Nothing of the delivered attempt is in flight any more. Idempotent. */
  void release() {
    if (attempt != null && RELEASED.compareAndSet(this, false, true)) {
      hop.call().release(attempt);
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
    } else if (!(cause instanceof BrokenOff)) {
      Cancellation.cancelled(
          hop,
          this,
          cause instanceof IOException
              ? (IOException) cause
              : new IOException("Request cancelled"));
    }
  }

  /** It is the attempt's, which is yet to be sent. */
  void takes(Attempt next) {
    attempt = next;
  }

  /** Sends the attempt; the hop is told how it ended. */
  void send(Attempt next) {
    attempt = next;
    HttpHeaders user = ((HttpRequest) request()).headers();
    rewriting = Rewriting.of(next, user, ClientInternals.systemHeaders(request()), rewriting);
    connectTimedOut = false;
    sentNanos = next.timeoutNanos == Long.MAX_VALUE ? 0 : System.nanoTime();
    try {
      address = PinnedAddress.of(hop.head().host(), next.address, next.port);
    } catch (IOException unusable) {
      String why = next.address + " is no address: " + unusable;
      Sending.ended(this, next, null, new ConnectException(why), false);
      return;
    }
    sent = true;
    SentAttempt.send(this, next);
  }

  /** The attempt ended, which had no limit. */
  @Override
  public void accept(Object response, Throwable thrown) {
    Sending.ended(this, attempt, response, thrown, false);
  }

  /** The mesh, not the application, wants the exchange no more. */
  void breakOff(String why) {
    try {
      ClientInternals.cancel(exchange, new BrokenOff(why));
    } catch (Throwable e) {
      hop.mesh().agentError(JdkHttpClientModule.NAME, e);
    }
  }

  /**
   * Nothing is sent over the exchange any more. A companion's call is over with that; the
   * application's goes on, and to cancel that must not hit a connection that others use by then.
   *
   * @param answered if a response came that is to be dropped
   */
  void leave(boolean answered) {
    if (answered) {
      DroppedBody.drop(this, () -> leave(false));
    } else if (hop.first() == this) {
      ClientInternals.detach(exchange);
    } else {
      Hops.remove(this);
      endCompanion();
    }
  }

  /** The companion's own call has done its part. */
  void endCompanion() {
    ClientInternals.noSecondTry(ClientInternals.multi(exchange));
    result.completeExceptionally(new IOException("not the call's own response"));
  }

  /** The response as it is to be handed up: that of the exchange which the client began. */
  Object deliver(Object response) {
    HeaderOps changes = responseHeaders();
    Object handedUp = response;
    if (!changes.isEmpty() || hop.first() != this) {
      HttpHeaders headers = ClientInternals.headers(response);
      handedUp =
          ClientInternals.response(
              hop.first().exchange(),
              exchange,
              response,
              changes.isEmpty() ? headers : Rewriting.changed(headers, changes));
    }
    delivered = true;
    return handedUp;
  }

  void deliversAsItCame() {
    delivered = true;
  }
}
