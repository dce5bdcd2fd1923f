package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Step;
import dev.meshagent.instrumentation.apachehttpclient5.AsyncRunning.After;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;

/**
 * One request and its response on its way through the mesh, without a thread of its own: asks the
 * engine what to do, sends through the library's own handler, and does with what comes as the
 * engine says. Thread-safe.
 */
final class AsyncHop implements Cancellable {
  private static final String TIMEOUT = "Response timeout";

  private final MeshCall call;
  private final AsyncExecChainHandler connect;
  private final EndpointPool pool;
  private final AsyncExecChain chain;

  final AsyncRunning running;
  final AsyncRequest request;
  final AsyncExecChain.Scope scope;
  final AsyncExecCallback callback;

  /** Set by the first attempt, as the other one is; further attempts come after it. */
  private volatile boolean begun;

  private volatile boolean hedged;

  /** Then the library's own timer does not know when the application began to wait. */
  private volatile boolean waited;

  AsyncHop(
      Mesh mesh,
      MeshCall call,
      AsyncExecChainHandler connect,
      EndpointPool pool,
      AsyncRequest request,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback) {
    request.begin();
    this.call = call;
    this.connect = connect;
    this.pool = pool;
    this.request = request;
    this.scope = scope;
    this.chain = chain;
    this.callback = callback;
    this.running = new AsyncRunning(mesh, call, request);
  }

  void start(Step first) {
    scope.cancellableDependency.setDependency(this);
    take(first);
  }

  /** Asks for the next step, and takes it. */
  void advance() {
    running.resumed();
    Step step = running.next();
    if (step != null) {
      take(step);
    } else {
      // Nothing happens if the call is over.
      fail(new InterruptedIOException("Request execution cancelled"));
    }
  }

  private void take(Step step) {
    try {
      switch (step.kind) {
        case PASS:
          pass();
          return;
        case ATTEMPT:
          send((Attempt) step);
          return;
        case WAIT:
          await(null, ((Step.Wait) step).nanos);
          return;
        case QUEUE:
          await((Step.Queue) step, ((Step.Queue) step).maxNanos);
          return;
        case RESPOND:
          answer(Synthesis.head((Step.Respond) step), ((Step.Respond) step).body);
          return;
        case REDIRECT:
          answer(Synthesis.head((Step.Redirect) step), new byte[0]);
          return;
        case FAIL:
          fail(Outcomes.exception((Step.Fail) step, running.lastFailure()));
          return;
        default:
          throw new IllegalStateException("unknown step " + step.kind);
      }
    } catch (RuntimeException e) {
      call.cancel();
      fail(e);
    }
  }

  /**
   * Goes on after that time or when the queue says so, unless the application's time ends first.
   */
  private void await(Step.Queue queue, long nanos) {
    waited = true;
    boolean applications = nanos != Long.MAX_VALUE && running.left() < nanos;
    running.park(
        queue,
        applications ? running.left() : nanos,
        applications ? this::advanceInTime : this::advance);
  }

  private void advanceInTime() {
    if (!running.outOfTime()) {
      advance();
    } else {
      running.resumed();
      if (running.expire()) {
        fail(new SocketTimeoutException(TIMEOUT));
      }
    }
  }

  /** Lets the library go on as if there were no agent. */
  private void pass() {
    if (!end()) {
      return;
    }
    try {
      connect.execute(request.request, request.producer, scope, chain, callback);
    } catch (IOException | HttpException | RuntimeException e) {
      callback.failed(e);
    }
  }

  private void send(Attempt attempt) {
    boolean first = !begun;
    begun = true;
    AsyncTry tried = new AsyncTry(this, attempt, runtime(attempt, first), chain);
    if (!running.add(tried)) {
      return;
    }
    HttpRequest head;
    AsyncExecChain.Scope to;
    try {
      HttpRoute endpoint = EndpointRoute.to(scope.route, attempt);
      pool.use(running.mesh, attempt, scope.route, endpoint);
      to = tried.scope(endpoint, running.hedges());
      head = request.head(attempt, first);
      request.limitConnect(to.clientContext, attempt);
      if (first) {
        sendAside(attempt);
      }
      limit(tried, first && !waited ? Long.MAX_VALUE : running.left());
      if (hedged && attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
        running.park(null, attempt.hedgeAfterNanos(), this::advance);
      }
    } catch (IOException e) {
      tried.failed(e);
      return;
    } catch (RuntimeException | LinkageError e) {
      unprepared(tried, e);
      return;
    }
    try {
      connect.execute(head, request.body(), to, tried, tried);
    } catch (IOException | HttpException | RuntimeException e) {
      tried.failed(e);
    }
  }

  /**
   * The one that the library made, unless it may be in use; nor for what the mesh may break off,
   * whose late end must not hit what the library sends with it next, such as its answer to a
   * challenge.
   */
  private AsyncExecRuntime runtime(Attempt attempt, boolean first) {
    AsyncExecRuntime given = scope.execRuntime;
    boolean mayBeBrokenOff =
        attempt.timeoutNanos != Long.MAX_VALUE || attempt.hedgeAfterNanos() != Long.MAX_VALUE;
    return first && !mayBeBrokenOff && !given.isEndpointAcquired() ? given : given.fork();
  }

  /** An error of the agent's: the request goes as without it, unless another attempt may answer. */
  private void unprepared(AsyncTry tried, Throwable error) {
    tried.breakOff();
    if (running.unprepared(tried, error)) {
      running.unpark();
      request.request.setHeaders(request.headers());
      pass();
    }
  }

  /** Before the first attempt: sends its copies, and sees whether it can be hedged. */
  private void sendAside(Attempt attempt) throws IOException {
    List<Attempt> mirrors = attempt.mirrors();
    boolean hedge = attempt.hedgeAfterNanos() != Long.MAX_VALUE;
    boolean possible = (hedge || !mirrors.isEmpty()) && request.share();
    hedged = hedge && possible;
    for (Attempt mirror : mirrors) {
      if (possible) {
        AsyncMirrors.send(call, mirror, connect, request, scope, chain, running);
      } else {
        running.notSent(mirror);
      }
    }
  }

  /**
   * @param left of the application's time, in ns
   */
  private void limit(AsyncTry tried, long left) {
    long limit = Math.min(left, tried.attempt.timeoutNanos);
    if (limit != Long.MAX_VALUE) {
      boolean applications = left < tried.attempt.timeoutNanos;
      tried.timer = running.after(limit, () -> timedOut(tried, applications));
    }
  }

  /** The verdict on a response; the try whose response is delivered breaks off the others. */
  Verdict answered(AsyncTry tried, HttpResponse response) {
    Verdict verdict = running.answered(tried, response);
    if (verdict == Verdict.DELIVER) {
      request.restore(scope.clientContext);
      running.unpark();
      for (AsyncTry loser = running.losers(); loser != null; loser = loser.beside) {
        loser.breakOff();
      }
    }
    return verdict;
  }

  /** Does to a response what the policy says; an error of the agent's leaves it as it is. */
  void rewrite(Attempt attempt, HttpResponse response) {
    try {
      Rewriting.apply(attempt.responseHeaders(), response);
    } catch (RuntimeException | LinkageError e) {
      running.mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
    }
  }

  /** The try got no response. */
  void failed(AsyncTry tried, Exception cause) {
    goOn(running.failed(tried, cause), cause);
  }

  private void timedOut(AsyncTry tried, boolean applications) {
    SocketTimeoutException cause = new SocketTimeoutException(TIMEOUT);
    After after = running.timedOut(tried, cause, applications);
    if (after != null) {
      tried.breakOff();
      goOn(after, cause);
    }
  }

  private void goOn(After after, Exception cause) {
    if (after == After.ASK_AGAIN) {
      request.rewind();
      advance();
    } else if (after == After.FAIL) {
      fail(cause);
    }
  }

  void released(AsyncTry tried) {
    running.released(tried);
  }

  /** The body of the delivered response broke off. */
  void broken(AsyncTry tried, Exception cause) {
    running.broken(tried, cause);
  }

  /** The application gave up; its future is complete already. */
  @Override
  public boolean cancel() {
    List<AsyncTry> open = running.giveUp();
    if (open == null) {
      running.unpark();
      fail(new InterruptedIOException("Request execution cancelled"));
    } else {
      for (AsyncTry tried : open) {
        tried.cancel();
      }
    }
    return true;
  }

  private void fail(Exception cause) {
    if (end()) {
      AsyncAnswer.fail(scope.clientContext, callback, cause);
    }
  }

  private void answer(HttpResponse response, byte[] body) {
    if (end()) {
      AsyncAnswer.give(scope, callback, request.request, response, body);
    }
  }

  /** True once. */
  private boolean end() {
    boolean first = running.end();
    if (first) {
      request.restore(scope.clientContext);
    }
    return first;
  }
}
