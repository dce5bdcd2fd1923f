package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.resilience.RetryConditions;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;

/**
 * One request with its body, taken down while its first attempt writes it, so that further attempts
 * send the same: the application's function, and what publishes the body, may be good for one time
 * only and are asked once. What cannot be copied, or is not whole when the call is answered, is
 * lost, and goes out with one attempt only. Thread-safe.
 */
final class RequestCopy implements BiFunction<HttpClientRequest, NettyOutbound, Publisher<Void>> {
  /** What a policy may want tried again after a body was sent. */
  private static final Outcome[] AFTERWARDS = {
    Outcome.failure(Failure.RESET, null),
    Outcome.failure(Failure.TIMEOUT, null),
    Outcome.response(500, -1),
    Outcome.response(503, -1),
    Outcome.response(409, -1)
  };

  private static final Outcome REFUSED = Outcome.failure(Failure.REFUSED_STREAM, null);
  private static final Object LOST = new Object();

  private final Exchange exchange;
  private final RequestView head;
  private final Sinks.One<Recorder> known = Sinks.one();

  /**
   * Null, the connection over which it is being written, its recorder once it is whole, or LOST.
   */
  private final AtomicReference<Object> state = new AtomicReference<>();

  RequestCopy(Exchange exchange, RequestView head) {
    this.exchange = exchange;
    this.head = head;
  }

  /**
   * Takes down what is written over a connection, if that is the first and somebody may want it.
   *
   * @return whether the connection is to send a copy instead
   */
  boolean follows(Connection operations, Attempt attempt) {
    if (state.get() == null && !isOfUse(attempt, operations.channel().parent() != null)) {
      return false;
    }
    if (state.compareAndSet(null, operations)) {
      operations.addHandlerFirst(Recorder.NAME, new Recorder(this, operations));
      return false;
    }
    return state.get() != operations;
  }

  private boolean isOfUse(Attempt attempt, boolean stream) {
    if (attempt.hedgeAfterNanos() != Long.MAX_VALUE || !attempt.mirrors().isEmpty()) {
      return true;
    }
    RetryPolicy policy = attempt.retryPolicy();
    if (policy.retries == 0) {
      return false;
    }
    if (!policy.statuses.isEmpty() || stream && RetryConditions.wants(policy, head, REFUSED)) {
      return true;
    }
    for (Outcome outcome : AFTERWARDS) {
      if (RetryConditions.wants(policy, head, outcome)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the whole request can be sent once more. */
  boolean isWhole() {
    return state.get() instanceof Recorder;
  }

  /** Whether a further attempt could send the request now: nobody has begun, or it is whole. */
  boolean isSendable() {
    Object now = state.get();
    return now == null || now instanceof Recorder;
  }

  /** Not a byte was written over that connection, so that another may be the first. */
  void unwritten(Connection operations) {
    if (operations != null) {
      state.compareAndSet(operations, null);
    }
  }

  /** All that is written over that connection was taken down. */
  void complete(Connection operations, Recorder recorder) {
    if (state.compareAndSet(operations, recorder)) {
      known.tryEmitValue(recorder);
    }
  }

  /** What is not whole by now never will be. */
  void lose() {
    Object now = state.get();
    while (now != LOST && !(now instanceof Recorder)) {
      if (state.compareAndSet(now, LOST)) {
        known.tryEmitError(new IOException("the request's body cannot be sent once more"));
        return;
      }
      now = state.get();
    }
  }

  /** Runs one of the two as soon as it is known whether there is a copy, on any thread. */
  void whenKnown(Runnable whole, Runnable lost) {
    known.asMono().subscribe(recorder -> whole.run(), error -> lost.run());
  }

  /** Writes it over a connection, prepared as the library prepares it for the application. */
  Publisher<Void> send(Object handler, Object operations) throws Exception {
    return Internals.send(handler, exchange.config, this, operations);
  }

  @Override
  public Publisher<Void> apply(HttpClientRequest request, NettyOutbound outbound) {
    return known
        .asMono()
        .flatMap(
            recorder -> {
              request.requestHeaders().set(recorder.headers());
              byte[] body = recorder.body();
              // Nothing at all is how the library writes a request without a body.
              return body.length == 0
                  ? Mono.empty()
                  : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body))).then();
            });
  }
}
