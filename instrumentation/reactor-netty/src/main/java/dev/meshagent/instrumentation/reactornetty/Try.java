package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.NamedAddress;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * One attempt on the wire: acquires a connection to the endpoint, and stands between it and the
 * library's observer, which hears of everything but the end, on which its course decides.
 * Thread-safe.
 *
 * <p>In turn goes what happens from the head of the response on, for the library to hear of once it
 * has been given that: the response may be read to its end while it is being decided on, on another
 * thread.
 */
final class Try extends Serial implements ConnectionObserver, CoreSubscriber<Connection> {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  private static final AtomicIntegerFieldUpdater<Try> OVER =
      AtomicIntegerFieldUpdater.newUpdater(Try.class, "over");

  private static final AtomicIntegerFieldUpdater<Try> RELEASED =
      AtomicIntegerFieldUpdater.newUpdater(Try.class, "released");

  final Attempt attempt;

  private final Course course;
  private final ConnectionObserver library;
  private final RequestCopy copy;
  private final Context context;
  private volatile int over;
  private volatile int released;

  /** Whether the head of the response is there, so that all else goes in turn. */
  private volatile boolean answered;

  /** Null where heads are left as they are. */
  private Rewriting rewriting;

  private volatile Subscription acquiring;
  private volatile Connection acquired;
  private volatile Connection operations;
  private volatile boolean delivered;
  private volatile boolean follows;
  private volatile Mesh.Timeout connectTimer;
  private volatile Mesh.Timeout timer;
  private volatile Mesh.Timeout hedgeTimer;

  /**
   * @param copy null for a request that is not copied
   */
  Try(Course course, Attempt attempt, ConnectionObserver library, RequestCopy copy) {
    // Entered until the response was delivered.
    super(true);
    this.course = course;
    this.attempt = attempt;
    this.library = library;
    this.copy = copy;
    Context own = Foretold.without(library.currentContext());
    this.context = copy == null ? own : own.put(Try.class, this);
  }

  /** The copy that is to be sent over a connection, or null for the application's request. */
  static RequestCopy copyFor(ChannelOperations<?, ?> operations) {
    Try of = operations.currentContext().getOrDefault(Try.class, null);
    // What a body is made of may be further exchanges, in the same context.
    return of != null && of.follows && of.operations == operations ? of.copy : null;
  }

  /** Sends, see {@link #prepare}. */
  void start(Exchange exchange, Mesh mesh, long timeoutNanos) throws IOException {
    prepare(exchange, mesh, timeoutNanos).subscribe(this);
  }

  /**
   * Makes ready to send.
   *
   * @param timeoutNanos until the head of the response; {@link Long#MAX_VALUE} for ever
   * @return which sends, once this subscribes to it
   * @throws IOException if the engine's address is no IP literal
   */
  Mono<? extends Connection> prepare(Exchange exchange, Mesh mesh, long timeoutNanos)
      throws IOException {
    rewriting = Rewriting.of(attempt);
    connectTimer = limit(mesh, attempt.connectTimeoutNanos(), true);
    timer = limit(mesh, timeoutNanos, false);
    return exchange.acquire(NamedAddress.of(course.host(), attempt.address, attempt.port), this);
  }

  private Mesh.Timeout limit(Mesh mesh, long nanos, boolean connecting) {
    return nanos == Long.MAX_VALUE
        ? null
        : mesh.schedule(
            Hops.CONTINUATIONS.later(() -> course.timedOut(this, connecting)),
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /** Has the task run after that time, unless the attempt has ended by then. */
  void hedgeAfter(Mesh mesh, long nanos, Runnable task) {
    hedgeTimer = mesh.schedule(Hops.CONTINUATIONS.later(task), nanos, TimeUnit.NANOSECONDS);
  }

  /** Whether there is a connection that the request may have been sent over. */
  boolean connected() {
    return operations != null;
  }

  /** Whether the request's head was written, after which a body may be under way. */
  boolean sent() {
    return operations instanceof HttpOperations
        && ((HttpOperations<?, ?>) operations).hasSentHeaders();
  }

  /** The connection that the request may have been sent over, or null. */
  Connection operations() {
    return operations;
  }

  /** Whether the request has a body, as far as its head says. */
  boolean hasBody() {
    if (!(operations instanceof HttpClientResponse)) {
      return false;
    }
    HttpHeaders headers = ((HttpClientResponse) operations).requestHeaders();
    String length = headers.get("content-length");
    return headers.contains("transfer-encoding") || length != null && !length.equals("0");
  }

  /** Ends the attempt for its course; false if it is over already. */
  boolean end() {
    if (!OVER.compareAndSet(this, 0, 1)) {
      return false;
    }
    cancel(connectTimer);
    cancel(timer);
    cancel(hedgeTimer);
    return true;
  }

  /** Gives the library the response, and then all that happened and happens. */
  void deliver(Connection response) {
    delivered = true;
    try {
      library.onStateChange(response, HttpClientState.RESPONSE_RECEIVED);
    } catch (Throwable e) {
      // The application's listener threw: what it comes to is the library's, on the event loop.
      response.channel().pipeline().fireExceptionCaught(e);
    } finally {
      leave();
    }
  }

  /** Gives the library what it makes another exchange of. */
  void deliver(Connection response, Throwable error) {
    delivered = true;
    released();
    answered = true;
    leave();
    library.onUncaughtException(response, error);
  }

  /** Breaks off whatever is under way. */
  void dispose() {
    if (operations != null) {
      operations.channel().close();
    } else if (acquired != null) {
      acquired.dispose();
    } else if (acquiring != null) {
      acquiring.cancel();
    }
  }

  /**
   * Reads a response that is not wanted, so that its connection can be used again.
   *
   * @param patienceNanos for its body, after which the connection is closed
   */
  void drain(Mesh mesh, long patienceNanos) {
    Connection open = operations;
    AtomicBoolean drained = new AtomicBoolean();
    Mesh.Timeout patience =
        mesh.schedule(
            // Where its end is told, too: late, it must not hit who has the connection next.
            () -> open.channel().eventLoop().execute(() -> leave(open, drained)),
            patienceNanos,
            TimeUnit.NANOSECONDS);
    long[] read = {0};
    open.inbound()
        .receive()
        .subscribe(
            octets -> {
              read[0] += octets.readableBytes();
              if (read[0] > DRAINED) {
                open.channel().close();
              }
            },
            broken -> {
              patience.cancel();
              open.channel().close();
            },
            () -> {
              drained.set(true);
              patience.cancel();
            });
  }

  private static void leave(Connection open, AtomicBoolean drained) {
    if (!drained.get()) {
      open.channel().close();
    }
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  public void onStateChange(Connection connection, State state) {
    if (answered) {
      if (enter()) {
        try {
          pass(connection, state);
        } finally {
          leave();
        }
      } else {
        inTurn(() -> pass(connection, state));
      }
      return;
    }
    if (state == State.CONFIGURED || state == HttpClientState.STREAM_CONFIGURED) {
      operations = connection;
      cancel(connectTimer);
      if (over != 0) {
        dispose();
        return;
      }
      // Before the rewriting, so that it is the application's request that is copied.
      follows =
          copy != null
              && connection instanceof HttpClientResponse
              && course.follows(connection, attempt);
      if (rewriting != null) {
        connection.addHandlerFirst(Rewriting.NAME, rewriting);
      }
    }
    if (over != 0) {
      return;
    }
    if (state == HttpClientState.RESPONSE_RECEIVED) {
      operations = connection;
      answered = true;
      course.answered(this, connection);
    } else {
      library.onStateChange(connection, state);
    }
  }

  /** Tells the library what happens after it was given the response. */
  private void pass(Connection connection, State state) {
    try {
      library.onStateChange(connection, state);
    } finally {
      if (delivered && state == HttpClientState.RESPONSE_INCOMPLETE) {
        broken(Failure.RESET, null);
      } else if (ends(state)) {
        released();
      }
    }
  }

  private static boolean ends(State state) {
    return state == HttpClientState.RESPONSE_COMPLETED
        || state == HttpClientState.RESPONSE_INCOMPLETE
        || state == State.DISCONNECTING
        || state == State.RELEASED;
  }

  @Override
  public void onUncaughtException(Connection connection, Throwable error) {
    if (answered) {
      inTurn(
          () -> {
            if (delivered) {
              broken(Outcomes.receiving(error), error);
            }
            library.onUncaughtException(connection, error);
          });
    } else if (over == 0) {
      course.broken(this, connection, error);
    }
  }

  /** Nothing of the delivered attempt is in flight any more. Idempotent. */
  void released() {
    if (RELEASED.compareAndSet(this, 0, 1)) {
      course.released(this);
    }
  }

  /** The body of the delivered response broke off, though the application wanted it. */
  private void broken(Failure failure, Throwable cause) {
    if (RELEASED.compareAndSet(this, 0, 1)) {
      course.bodyBroken(this, failure, cause);
    }
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    acquiring = subscription;
    subscription.request(Long.MAX_VALUE);
    if (over != 0) {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(Connection connection) {
    acquired = connection;
    if (over != 0 && !delivered) {
      dispose();
    }
  }

  @Override
  public void onError(Throwable error) {
    if (over == 0) {
      course.broken(this, null, error);
    }
  }

  @Override
  public void onComplete() {
    // The connection came before.
  }

  private static void cancel(Mesh.Timeout timeout) {
    if (timeout != null) {
      timeout.cancel();
    }
  }
}
