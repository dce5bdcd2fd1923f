package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Resumption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.util.Timeout;

/**
 * One request and its response on its way through the mesh, without a thread of its own: asks the
 * engine what to do, sends through the library's own handler, and tells the engine how that ended.
 *
 * <p>The library's threads, the agent's timer and whoever cancels may all come at once: the engine
 * and the fields are only touched under the lock, and nothing of the library's or the application's
 * is called under it. A producer can be read once at a time: a request with a body is only hedged,
 * and copies of it are only sent, if the body can be read beforehand.
 */
final class AsyncHop {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 5");

  private final Mesh mesh;
  private final MeshCall call;
  private final AsyncExecChainHandler connect;
  private final EndpointPool pool;
  private final AsyncExecChain chain;
  private final RequestView head;
  private final Header[] headers;
  private final long begun = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<AsyncTry> running = new ArrayList<>(1);

  private final RequestConfig config;

  final HttpRequest request;
  final AsyncEntityProducer producer;
  final AsyncExecChain.Scope scope;
  final AsyncExecCallback callback;

  private int attempts;
  private boolean over;
  private boolean gaveUp;
  private AsyncTry delivered;
  private Resumption parked;
  private Failure lastFailure = Failure.NONE;

  /** What hedged attempts and copies send, or null. */
  private CapturedBody captured;

  private boolean hedged;

  AsyncHop(
      Mesh mesh,
      MeshCall call,
      AsyncExecChainHandler connect,
      EndpointPool pool,
      HttpRequest request,
      AsyncEntityProducer producer,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback,
      RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.connect = connect;
    this.pool = pool;
    this.request = request;
    this.producer = producer;
    this.scope = scope;
    this.chain = chain;
    this.callback = callback;
    this.head = head;
    this.headers = request.getHeaders();
    this.config = scope.clientContext.getRequestConfig();
  }

  void start(Step first) {
    scope.cancellableDependency.setDependency(this::cancel);
    take(first);
  }

  /** Asks for the next step, and takes it. */
  void advance() {
    Step step;
    lock.lock();
    try {
      if (over) {
        return;
      }
      parked = null;
      step = gaveUp ? null : call.next();
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      step = Step.PASS;
    } finally {
      lock.unlock();
    }
    if (step == null) {
      fail(new InterruptedIOException("Request execution cancelled"));
    } else {
      take(step);
    }
  }

  private void take(Step step) {
    try {
      switch (step.kind) {
        case PASS:
          end();
          connect.execute(request, producer, scope, chain, callback);
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
          answer(Synthesis.head((Step.Respond) step), ((Step.Respond) step).body);
          return;
        case REDIRECT:
          answer(Synthesis.head((Step.Redirect) step), new byte[0]);
          return;
        case FAIL:
          fail(Outcomes.exception((Step.Fail) step, lastFailure));
          return;
        default:
          throw new IllegalStateException("unknown step " + step.kind);
      }
    } catch (IOException | HttpException | RuntimeException e) {
      call.cancel();
      fail(e);
    }
  }

  /** Runs the task after that time, where it may take long. */
  Mesh.Timeout after(long nanos, Runnable task) {
    return mesh.schedule(CONTINUATIONS.later(task), nanos, TimeUnit.NANOSECONDS);
  }

  private void send(Attempt attempt) throws IOException, HttpException {
    AsyncTry tried;
    HttpRequest sent;
    boolean beside;
    lock.lock();
    try {
      attempts++;
      beside = !running.isEmpty();
      sent =
          attempts == 1 && Rewriting.unchanged(attempt)
              ? request
              : Rewriting.asynchronous(request, headers, attempt);
      tried = new AsyncTry(this, attempt, scope.execRuntime.fork(), chain);
      running.add(tried);
    } finally {
      lock.unlock();
    }
    RequestConfig limited = ConnectLimit.within(config, attempt.connectTimeoutNanos());
    if (limited != scope.clientContext.getRequestConfig()) {
      scope.clientContext.setRequestConfig(limited);
    }
    if (attempts == 1) {
      sendAside(attempt);
    }
    long left = left();
    long limit = Math.min(left, attempt.timeoutNanos);
    if (limit != Long.MAX_VALUE) {
      boolean applications = left < attempt.timeoutNanos;
      tried.timer = after(limit, () -> timedOut(tried, applications));
    }
    if (hedged && attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
      park(null, attempt.hedgeAfterNanos());
    }
    try {
      HttpRoute endpoint = EndpointRoute.to(scope.route, attempt);
      pool.use(mesh, attempt, scope.route, endpoint);
      connect.execute(
          sent,
          hedged && captured != null ? captured.producer() : producer,
          tried.scope(endpoint, beside),
          tried,
          tried);
    } catch (IOException | HttpException | RuntimeException e) {
      tried.failed(e);
    }
  }

  /** Before the first attempt: sends its copies, and sees whether it can be hedged. */
  private void sendAside(Attempt attempt) throws IOException {
    List<Attempt> mirrors = attempt.mirrors();
    boolean hedge = attempt.hedgeAfterNanos() != Long.MAX_VALUE;
    if (producer != null && (hedge || !mirrors.isEmpty())) {
      captured = CapturedBody.of(producer);
    }
    boolean possible = producer == null || captured != null;
    hedged = hedge && possible;
    for (Attempt mirror : mirrors) {
      if (possible) {
        AsyncEntityProducer body = producer == null ? null : captured.producer();
        AsyncMirrors.send(call, mirror, connect, request, headers, body, scope, chain);
      } else {
        finish(mirror, Outcome.failure(Failure.CANCELLED, null));
        call.release(mirror);
      }
    }
  }

  /** The verdict on a response; the try whose response is delivered breaks off the others. */
  Verdict answered(AsyncTry tried, HttpResponse response) {
    List<AsyncTry> losers = new ArrayList<>(0);
    Verdict verdict;
    lock.lock();
    try {
      if (!running.remove(tried)) {
        return Verdict.DISCARD;
      }
      head.bodyMayBeSent = true;
      verdict = finish(tried.attempt, Outcomes.response(response));
      if (verdict == Verdict.DELIVER) {
        over = true;
        delivered = tried;
        losers.addAll(running);
        running.clear();
        for (AsyncTry loser : losers) {
          finish(loser.attempt, Outcome.failure(Failure.CANCELLED, null));
        }
      }
    } finally {
      lock.unlock();
    }
    if (verdict == Verdict.DELIVER) {
      restore();
      unpark();
      for (AsyncTry loser : losers) {
        loser.breakOff();
      }
    }
    return verdict;
  }

  /** The try got no response. */
  void failed(AsyncTry tried, Exception cause) {
    boolean timeout = false;
    boolean again;
    lock.lock();
    try {
      if (!running.remove(tried)) {
        return;
      }
      Failure failure = gaveUp ? Failure.CANCELLED : Outcomes.failure(cause, tried.connected);
      timeout = failure == Failure.TIMEOUT;
      again = again(tried, failure, cause, timeout);
    } finally {
      lock.unlock();
    }
    goOn(again, tried, cause);
  }

  private void timedOut(AsyncTry tried, boolean applications) {
    SocketTimeoutException cause = new SocketTimeoutException("Response timeout");
    boolean again;
    lock.lock();
    try {
      if (!running.remove(tried)) {
        return;
      }
      again = again(tried, Failure.TIMEOUT, cause, applications);
    } finally {
      lock.unlock();
    }
    tried.breakOff();
    goOn(again, tried, cause);
  }

  /** An error of the engine's is not the application's. */
  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return call.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  /** Under the lock; true if the engine is to be asked again. */
  private boolean again(AsyncTry tried, Failure failure, Exception cause, boolean enough) {
    lastFailure = failure;
    head.bodyMayBeSent |= !Outcomes.nothingSent(failure, tried.connected);
    boolean ends = gaveUp || enough;
    Verdict verdict =
        finish(
            tried.attempt, ends ? Outcome.last(failure, cause) : Outcome.failure(failure, cause));
    if (ends) {
      call.cancel();
      return false;
    }
    tried.superseded = verdict == Verdict.DISCARD;
    return verdict == Verdict.RETRY;
  }

  private void goOn(boolean again, AsyncTry tried, Exception cause) {
    if (again) {
      if (producer != null) {
        producer.releaseResources();
      }
      advance();
    } else if (!tried.superseded) {
      fail(cause);
    }
  }

  void released(AsyncTry tried) {
    call.release(tried.attempt);
  }

  /** The application gave up; its future is complete already. */
  private boolean cancel() {
    List<AsyncTry> broken;
    boolean waiting;
    lock.lock();
    try {
      gaveUp = true;
      broken = new ArrayList<>(running);
      if (delivered != null) {
        broken.add(delivered);
      }
      waiting = broken.isEmpty() && !over;
    } finally {
      lock.unlock();
    }
    call.cancel();
    for (AsyncTry tried : broken) {
      tried.cancel();
    }
    if (waiting) {
      unpark();
      fail(new InterruptedIOException("Request execution cancelled"));
    }
    return true;
  }

  private void fail(Exception cause) {
    if (end()) {
      callback.failed(cause);
    }
  }

  /** True once. */
  private boolean end() {
    lock.lock();
    try {
      boolean first = !over;
      over = true;
      if (first) {
        restore();
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** The context is the application's. */
  private void restore() {
    if (scope.clientContext.getRequestConfig() != config) {
      scope.clientContext.setRequestConfig(config);
    }
  }

  private void answer(HttpResponse response, byte[] body) throws IOException, HttpException {
    if (!end()) {
      return;
    }
    boolean entity =
        Synthesis.hasBody(response.getCode()) && !"HEAD".equalsIgnoreCase(request.getMethod());
    try {
      AsyncDataConsumer consumer =
          callback.handleResponse(
              response,
              entity ? new BasicEntityDetails(body.length, Synthesis.contentType(response)) : null);
      if (entity && consumer != null) {
        ByteBuffer bytes = ByteBuffer.wrap(body).asReadOnlyBuffer();
        if (bytes.hasRemaining()) {
          consumer.consume(bytes);
        }
        consumer.streamEnd(null);
      }
    } catch (IOException | HttpException | RuntimeException e) {
      callback.failed(e);
      return;
    }
    callback.completed();
  }

  /** What is left of the application's response timeout for a further attempt, in ns. */
  private long left() {
    Timeout timeout = config == null ? null : config.getResponseTimeout();
    return attempts == 1 || timeout == null || timeout.isDisabled()
        ? Long.MAX_VALUE
        : Math.max(
            1,
            TimeUnit.MILLISECONDS.toNanos(timeout.toMilliseconds()) - (System.nanoTime() - begun));
  }

  private void park(Step.Queue queue, long nanos) {
    if (nanos == Long.MAX_VALUE && queue == null) {
      return; // An attempt is in flight, whose end goes on.
    }
    Resumption resumption = new Resumption(CONTINUATIONS.later(this::advance));
    lock.lock();
    try {
      parked = resumption;
    } finally {
      lock.unlock();
    }
    resumption.after(mesh, nanos);
    if (queue != null) {
      queue.onWake(resumption);
    }
    if (gaveUp()) {
      resumption.run();
    }
  }

  private void unpark() {
    lock.lock();
    Resumption resumption = parked;
    parked = null;
    lock.unlock();
    if (resumption != null) {
      resumption.drop();
    }
  }

  private boolean gaveUp() {
    lock.lock();
    try {
      return gaveUp;
    } finally {
      lock.unlock();
    }
  }
}
