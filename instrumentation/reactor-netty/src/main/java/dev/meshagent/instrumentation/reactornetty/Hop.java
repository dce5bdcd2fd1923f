package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import dev.meshagent.spi.drive.WrittenAnswer;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * One exchange on its way through the mesh: asks the engine what to do, lets attempts run, and
 * tells the engine how they ended. Whatever comes, on whatever thread, is dealt with one after the
 * other; nothing blocks.
 *
 * <p>The application's response timeout is the library's own for the first attempt; all of them
 * together, waits included, have no more.
 */
final class Hop extends Attempts {
  private static final Outcome GIVEN_UP = Outcome.failure(Failure.CANCELLED, null);

  final Exchange exchange;
  final RequestView head;
  private final Promised library;

  /** All below is used by its own tasks alone, one after the other. */
  private final Endings endings;

  private final long begunNanos = System.nanoTime();

  /** Null as long as nothing was waited for. */
  private Waits waits;

  private boolean done;

  Hop(
      Mesh mesh,
      MeshCall call,
      Exchange exchange,
      RequestView head,
      CoreSubscriber<? super Connection> library) {
    super(mesh, call);
    this.exchange = exchange;
    this.head = head;
    head.copy = head.bodiless() ? null : new RequestCopy(exchange, head);
    this.library = new Promised(library, this);
    this.endings = new Endings(this);
  }

  void start(Step first) {
    library.give();
    try {
      take(first);
    } catch (Throwable e) {
      failed(e);
    } finally {
      leave();
    }
  }

  /** Runs it after what is being dealt with, here or on the thread that does that. */
  void run(Task task) {
    if (!enter()) {
      inTurn(() -> perform(task));
      return;
    }
    try {
      perform(task);
    } finally {
      leave();
    }
  }

  private void perform(Task task) {
    try {
      task.run();
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void failed(Throwable error) {
    mesh.agentError(ReactorNettyModule.NAME, error);
    if (!done) {
      end();
      library.fail(error);
    }
  }

  interface Task {
    void run() throws Exception;
  }

  private void take(Step step) throws Exception {
    switch (step.kind) {
      case PASS:
        if (noneRuns()) {
          pass(null);
        }
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
        fail(Outcomes.exception((Step.Fail) step, endings.lastFailure()));
        return;
      default:
        throw new IllegalStateException("unknown step " + step.kind);
    }
  }

  /**
   * The request goes as without the agent, unless its body was sent: that may be good for one time
   * only.
   *
   * @param error the agent's, or null
   */
  private void pass(Throwable error) throws Exception {
    if (head.bodyMayBeSent) {
      fail(new IOException("mesh-agent failed to send the request and its body again", error));
    } else {
      end();
      library.pass(exchange);
    }
  }

  private void send(Attempt attempt) throws Exception {
    RequestCopy copy = head.copy;
    Try sent = new Try(endings, attempt, exchange.observer, copy);
    add(sent);
    Mono<? extends Connection> connection;
    try {
      connection = sent.prepare(exchange, mesh, attempt.timeoutNanos);
      Mirror.send(mesh, call, attempt, exchange, head, copy);
      if (attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
        sent.hedgeAfter(mesh, attempt.hedgeAfterNanos(), () -> run(() -> hedge(sent)));
      }
    } catch (IOException e) {
      endings.broken(sent, null, e);
      return;
    } catch (RuntimeException | LinkageError e) {
      // An error of the agent's, which is of no interest if another attempt may answer.
      if (unprepared(sent, e)) {
        pass(e);
      }
      return;
    }
    connection.subscribe(sent);
  }

  /** Once the body is whole, if it is just being sent; never if it is too long to be sent twice. */
  private void hedge(Try first) throws Exception {
    if (done || !isRunning(first)) {
      return;
    }
    if (head.copy == null || head.copy.isSendable()) {
      take(next());
    } else {
      head.copy.whenKnown(() -> run(() -> hedge(first)), () -> {});
    }
  }

  private void park(Step.Queue queue, long nanos) {
    limitAll();
    waits.park(queue, nanos, () -> run(this::resumed));
  }

  /** The application gave up before the library was let go on. */
  void cancelled() {
    run(() -> giveUp(Failure.CANCELLED));
  }

  private void resumed() throws Exception {
    if (!done) {
      take(next());
    }
  }

  /** Nobody wants the attempt's response. */
  void drop(Try answered) {
    answered.drain(mesh, Draining.PATIENCE_NANOS);
  }

  void again() throws Exception {
    limitAll();
    take(next());
  }

  private void limitAll() {
    if (waits == null) {
      waits = new Waits(mesh, exchange.config.responseTimeout(), begunNanos);
    }
    waits.limit(
        () ->
            run(
                () -> {
                  if (giveUp(Failure.TIMEOUT)) {
                    library.fail(ReadTimeoutException.INSTANCE);
                  }
                }));
  }

  private void answer(byte[] answer) throws Exception {
    end();
    InetSocketAddress nobody =
        InetSocketAddress.createUnresolved(head.host(), Math.max(0, head.port()));
    Synthesis.answer(exchange, nobody, answer);
  }

  /** Fails without another exchange of the library's own. */
  void fail(Throwable error) throws Exception {
    end();
    Internals.noRetry(exchange.handler);
    library.fail(error);
  }

  /** Nothing is to be decided any more; attempts that still run are broken off. */
  void end() {
    done = true;
    if (waits != null) {
      waits.end();
    }
    breakOff(GIVEN_UP);
    if (head.copy != null) {
      head.copy.lose();
    }
  }

  /** False if the call was over already. */
  private boolean giveUp(Failure failure) {
    if (done) {
      return false;
    }
    abandon(failure);
    end();
    return true;
  }
}
