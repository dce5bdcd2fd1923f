package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Resumption;
import dev.meshagent.spi.drive.WrittenAnswer;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * One exchange on its way through the mesh: asks the engine what to do, lets attempts run, and
 * tells the engine how they ended. Whatever comes, on whatever thread, is dealt with one after the
 * other; nothing blocks.
 *
 * <p>The application's response timeout is the library's own for the first attempt; all of them
 * together, waits included, have no more. A request with a body is not sent twice, since what
 * publishes it may be good for one subscriber; nor is it hedged.
 */
final class Hop implements Course, Subscription {
  private final Serial serial = new Serial();
  private final Mesh mesh;
  private final MeshCall call;
  private final Exchange exchange;
  private final RequestView head;
  private final CoreSubscriber<? super Connection> library;
  private final long begun = System.nanoTime();

  /** All below is used by the tasks of {@link #serial} alone. */
  private final List<Try> running = new ArrayList<>();

  private int attempts;
  private boolean done;
  private Failure lastFailure = Failure.NONE;
  private Resumption parked;
  private Mesh.Timeout limit;
  private Connection passed;

  Hop(
      Mesh mesh,
      MeshCall call,
      Exchange exchange,
      RequestView head,
      CoreSubscriber<? super Connection> library) {
    this.mesh = mesh;
    this.call = call;
    this.exchange = exchange;
    this.head = head;
    this.library = library;
  }

  void start(Step first) {
    library.onSubscribe(this);
    library.onNext(new Handle());
    run(() -> take(first));
  }

  @Override
  public String host() {
    return head.host();
  }

  private void run(Task task) {
    serial.run(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            mesh.agentError(ReactorNettyModule.NAME, e);
            if (!done) {
              end(null);
              library.onError(e);
            }
          }
        });
  }

  private interface Task {
    void run() throws Exception;
  }

  private Step next() {
    try {
      return call.next();
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
      return Step.PASS;
    }
  }

  private Verdict finish(Try ended, Outcome outcome) {
    try {
      return call.finish(ended.attempt, outcome);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  private void take(Step step) throws Exception {
    switch (step.kind) {
      case PASS:
        pass();
        return;
      case ATTEMPT:
        send((Attempt) step);
        return;
      case WAIT:
        if (((Step.Wait) step).nanos != Long.MAX_VALUE) {
          park(null, ((Step.Wait) step).nanos);
        }
        return;
      case QUEUE:
        park((Step.Queue) step, ((Step.Queue) step).maxNanos);
        return;
      case RESPOND:
        answer(WrittenAnswer.of((Step.Respond) step, head.method()));
        return;
      case REDIRECT:
        answer(WrittenAnswer.of((Step.Redirect) step));
        return;
      case FAIL:
        fail(Outcomes.exception((Step.Fail) step, lastFailure));
        return;
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  private void send(Attempt attempt) {
    attempts++;
    Try sent = new Try(this, attempt, exchange.observer);
    running.add(sent);
    Mirror.send(mesh, call, attempt, exchange, head);
    if (attempt.hedgeAfterNanos() != Long.MAX_VALUE && head.bodiless()) {
      mesh.schedule(
          Hops.CONTINUATIONS.later(() -> run(() -> hedge(sent))),
          attempt.hedgeAfterNanos(),
          TimeUnit.NANOSECONDS);
    }
    try {
      sent.start(exchange, mesh);
    } catch (Exception e) {
      broken(sent, null, e);
    }
  }

  private void hedge(Try first) throws Exception {
    if (!done && running.contains(first)) {
      take(next());
    }
  }

  @Override
  public void answered(Try answered, Connection operations) {
    run(
        () -> {
          if (!over(answered)) {
            judge(answered, operations, null);
          }
        });
  }

  /** True if the attempt is of no interest any more; it is over from here on. */
  private boolean over(Try ended) {
    return !ended.end() || !running.remove(ended) || done;
  }

  /**
   * @param error what the library makes another exchange of, or null to deliver the response
   */
  private void judge(Try answered, Connection operations, Throwable error) throws Exception {
    head.bodyMayBeSent |= answered.hasBody();
    Verdict verdict = finish(answered, Outcomes.response(operations));
    if (verdict != Verdict.DELIVER) {
      if (error == null) {
        answered.drain();
      }
      if (verdict == Verdict.RETRY) {
        again();
      }
      return;
    }
    end(answered);
    answered.deliver();
    if (error != null) {
      answered.released();
      exchange.observer.onUncaughtException(operations, error);
      return;
    }
    exchange.observer.onStateChange(operations, HttpClientState.RESPONSE_RECEIVED);
    if (exchange.config.websocketClientSpec() != null) {
      answered.released();
    }
  }

  @Override
  public void broken(Try broken, Connection operations, Throwable error) {
    run(
        () -> {
          if (over(broken)) {
            return;
          }
          if (hasResponse(operations)) {
            judge(broken, operations, error);
          } else {
            failed(broken, operations, error);
          }
        });
  }

  private static boolean hasResponse(Connection operations) {
    if (!(operations instanceof HttpClientResponse)) {
      return false;
    }
    try {
      return ((HttpClientResponse) operations).status() != null;
    } catch (IllegalStateException none) {
      return false;
    }
  }

  private void failed(Try broken, Connection operations, Throwable error) throws Exception {
    boolean connected = broken.connected();
    lastFailure = connected ? Outcomes.receiving(error) : Outcomes.connecting(error);
    head.bodyMayBeSent |= broken.sent() && broken.hasBody();
    boolean applications = connected && lastFailure == Failure.TIMEOUT;
    Verdict verdict =
        finish(
            broken,
            applications ? Outcome.last(lastFailure, error) : Outcome.failure(lastFailure, error));
    if (verdict == Verdict.RETRY && !applications) {
      broken.dispose();
      again();
      return;
    }
    if (verdict == Verdict.DISCARD) {
      return;
    }
    end(broken);
    if (applications) {
      call.cancel();
    }
    if (attempts > 1 || !connected) {
      // The library would try once more by itself; the mesh has tried what it was allowed to.
      Internals.noRetry(exchange.handler);
    }
    if (operations == null) {
      library.onError(error);
    } else {
      exchange.observer.onUncaughtException(operations, error);
    }
  }

  @Override
  public void timedOut(Try late, boolean connecting) {
    run(
        () -> {
          boolean connected = late.connected();
          if (connecting && connected || over(late)) {
            return;
          }
          head.bodyMayBeSent |= late.sent() && late.hasBody();
          late.dispose();
          lastFailure = connected ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
          Throwable error =
              connected
                  ? ReadTimeoutException.INSTANCE
                  : new ConnectTimeoutException("connection timed out: " + head.host());
          if (finish(late, Outcome.failure(lastFailure, error)) == Verdict.RETRY) {
            again();
          } else {
            fail(error);
          }
        });
  }

  @Override
  public void released(Try released) {
    try {
      call.release(released.attempt);
    } catch (Throwable e) {
      mesh.agentError(ReactorNettyModule.NAME, e);
    }
  }

  private void again() throws Exception {
    limitAll();
    take(next());
  }

  private void park(Step.Queue queue, long nanos) {
    limitAll();
    parked = new Resumption(Hops.CONTINUATIONS.later(() -> run(this::resumed)));
    Resumption resumption = parked;
    resumption.after(mesh, nanos);
    if (queue != null) {
      queue.onWake(resumption);
    }
  }

  private void resumed() throws Exception {
    parked = null;
    if (!done) {
      take(next());
    }
  }

  /** From the second attempt or the first wait on the library's own timer is not enough. */
  private void limitAll() {
    Duration timeout = exchange.config.responseTimeout();
    if (timeout != null && limit == null) {
      long left = timeout.toNanos() - (System.nanoTime() - begun);
      limit =
          mesh.schedule(
              Hops.CONTINUATIONS.later(
                  () ->
                      run(
                          () -> {
                            if (!done) {
                              abandon(Failure.TIMEOUT);
                              library.onError(ReadTimeoutException.INSTANCE);
                            }
                          })),
              Math.max(1, left),
              TimeUnit.NANOSECONDS);
    }
  }

  private void pass() {
    end(null);
    exchange.acquire(exchange.observer).subscribe(new Passing());
  }

  private void answer(byte[] answer) throws Exception {
    end(null);
    InetSocketAddress nobody =
        InetSocketAddress.createUnresolved(head.host(), Math.max(0, head.port()));
    Synthesis.answer(exchange, nobody, answer);
  }

  private void fail(Throwable error) throws Exception {
    end(null);
    Internals.noRetry(exchange.handler);
    library.onError(error);
  }

  /** Nothing is to be decided any more; attempts other than that one are broken off. */
  private void end(Try delivered) {
    done = true;
    if (parked != null) {
      parked.drop();
    }
    if (limit != null) {
      limit.cancel();
    }
    for (Try other : running) {
      if (other != delivered && other.end()) {
        other.dispose();
        finish(other, Outcome.failure(Failure.CANCELLED, null));
      }
    }
    running.clear();
  }

  private void abandon(Failure failure) {
    for (Try open : running) {
      if (open.end()) {
        open.dispose();
        finish(open, Outcome.last(failure, null));
      }
    }
    end(null);
    call.cancel();
  }

  @Override
  public void request(long n) {
    // What is emitted is one, and is not wanted in pieces.
  }

  /** The application gives up. */
  @Override
  public void cancel() {
    run(
        () -> {
          if (passed != null) {
            passed.dispose();
          } else if (!done) {
            abandon(Failure.CANCELLED);
          }
        });
  }

  /** What the library holds of the exchange before its response, to break it off by. */
  private final class Handle implements Connection {
    @Override
    public Channel channel() {
      return passed == null ? null : passed.channel();
    }

    @Override
    public void dispose() {
      cancel();
    }

    @Override
    public boolean isDisposed() {
      return false;
    }
  }

  /** The library's own acquiring, for a call that turned out not to be the mesh's. */
  private final class Passing implements CoreSubscriber<Connection> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Connection connection) {
      run(() -> passed = connection);
    }

    @Override
    public void onError(Throwable error) {
      library.onError(error);
    }

    @Override
    public void onComplete() {
      // The connection came before.
    }

    @Override
    public Context currentContext() {
      return library.currentContext();
    }
  }
}
