package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import dev.meshagent.spi.drive.Parking;
import dev.meshagent.spi.drive.WrittenAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request and its response on its way through the mesh, on the application's thread: asks the
 * engine what to do, has the library connect, write and read, and tells the engine how that ended.
 *
 * <p>Used by one thread at a time; only {@link #breakOff} and {@link #givenUp} may come from
 * another. The connection that the application holds is given to each method and not kept, so that
 * it can be collected.
 *
 * <p>The application's connect timeout bounds the connecting of all attempts, its read timeout the
 * waits and all that is waited for responses. The library retries once by itself what broke before
 * its response, POST included: the engine is asked first, and where it allows no further attempt
 * the library's one goes through the mesh as a call of its own. A hedge would need a thread more
 * per call, so there is none.
 */
final class Hop {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  private final Mesh mesh;
  private final RequestView head;
  private MeshCall call;
  private volatile Attempt attempt;

  private int attempts;
  private boolean remedied;
  private boolean synthetic;
  private Failure lastFailure = Failure.NONE;
  private long connectingNanos;
  private long waitingNanos;

  /** What the attempt took so far: connecting, and what {@link #limit} limited. */
  private long attemptNanos;

  /** Of the part of the attempt that is under way, or null. */
  private TimeLimit limit;

  private long limitedSince;

  /** What the library wrote, which it can write again unless it is streaming. */
  private Object writtenHead;

  private Object writtenBody;

  /** The library's own methods are being called: what they tell is expected. */
  private boolean inside;

  /** What the TLS handshake may have to be made anew for; null outside of connecting. */
  private Object connection;

  /** Whether the body may go out, as the server said or because it said nothing. */
  private boolean continued;

  private final AtomicBoolean released = new AtomicBoolean();
  private volatile boolean delivered;
  private volatile boolean ended;
  private volatile boolean brokenOff;

  Hop(Mesh mesh, MeshCall call, RequestView head) {
    this.mesh = mesh;
    this.call = call;
    this.head = head;
  }

  /** Has the library make a connection as a step says, and throws what it throws. */
  private interface Dialling {
    Object dial() throws Exception;
  }

  /**
   * A client for the first attempt.
   *
   * @param arguments of the library's own method
   * @return null to let the library go on, which fails if this thread has a pin that does
   */
  Object dial(Object from, boolean secure, Object[] arguments) throws Exception {
    Object client = null;
    try {
      client = dial(from, () -> ClientInternals.dial(secure, arguments));
      connection = secure ? from : null;
    } catch (IOException e) {
      Hops.pin(Pin.failing(e, head.url()));
    }
    return client;
  }

  /** A client for the next attempt, or one that answers; null to pass. */
  private Object dial(Object from, Dialling dialling) throws Exception {
    for (; ; ) {
      Step step = next();
      switch (step.kind) {
        case PASS:
          ended = true;
          return null;
        case ATTEMPT:
          Object client = connect((Attempt) step, (HttpURLConnection) from, dialling);
          if (client != null) {
            return client;
          }
          break;
        case WAIT:
          await(null, ((Step.Wait) step).nanos, from);
          break;
        case QUEUE:
          await((Step.Queue) step, ((Step.Queue) step).maxNanos, from);
          break;
        case RESPOND:
          return answer(WrittenAnswer.of((Step.Respond) step, head.method()), dialling);
        case REDIRECT:
          return answer(WrittenAnswer.of((Step.Redirect) step), dialling);
        case FAIL:
          throw Outcomes.exception((Step.Fail) step, lastFailure);
        default:
          throw new IllegalStateException("unknown step " + step.kind);
      }
    }
  }

  private Step next() throws IOException {
    if (brokenOff) {
      call.cancel();
      throw new SocketException("Socket closed");
    }
    try {
      return call.next();
    } catch (Throwable e) {
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
      return Step.PASS;
    }
  }

  private Verdict finish(Outcome outcome) {
    try {
      return call.finish(attempt, outcome);
    } catch (Throwable e) {
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
      return Verdict.DELIVER;
    }
  }

  private Object answer(byte[] answer, Dialling dialling) throws Exception {
    synthetic = true;
    ended = true;
    Pin pin = Pin.answering(answer, head.url());
    Object client = inside(pin, dialling);
    ClientInternals.neverPool(client);
    Hops.CONNECTIONS.used(client, pin.poolKey, this);
    return client;
  }

  /** Null to ask for the next step. */
  private Object connect(Attempt next, HttpURLConnection from, Dialling dialling) throws Exception {
    attempt = next;
    attempts++;
    attemptNanos = 0;
    long begun = System.nanoTime();
    Pin pin = Pin.to(next, head.url());
    try {
      Object client = inside(pin, dialling);
      attemptNanos = System.nanoTime() - begun;
      Hops.CONNECTIONS.used(client, pin.poolKey, this);
      return client;
    } catch (IOException e) {
      connectingNanos += System.nanoTime() - begun;
      notConnected(e, from);
      return null;
    } catch (RuntimeException e) {
      finish(Outcome.failure(Failure.OTHER, e));
      call.cancel();
      throw e;
    }
  }

  /** Returns to ask for the next step, or throws. */
  private void notConnected(IOException e, HttpURLConnection from) throws IOException {
    int limit = from.getConnectTimeout();
    boolean over =
        brokenOff || limit > 0 && connectingNanos >= TimeUnit.MILLISECONDS.toNanos(limit);
    lastFailure = brokenOff ? Failure.CANCELLED : Outcomes.connecting(e);
    Verdict verdict = finish(over ? Outcome.last(lastFailure, e) : Outcome.failure(lastFailure, e));
    if (over) {
      call.cancel();
      throw e;
    }
    if (verdict != Verdict.RETRY) {
      throw e;
    }
  }

  private Object inside(Pin pin, Dialling dialling) throws Exception {
    inside = true;
    Hops.pin(pin);
    try {
      return dialling.dial();
    } finally {
      Hops.dialled();
      inside = false;
    }
  }

  /** True if the client's handshake was made here; null to let the library make it. */
  Object shakeHands(Object client) throws Exception {
    Object from = connection;
    connection = null;
    if (inside || delivered || ClientInternals.pooled(client)) {
      return null;
    }
    if (synthetic) {
      ClientInternals.sessionless(client);
      return true;
    }
    if (from == null || ended) {
      return null;
    }
    Object shaking = client;
    try {
      while (!shakesHands(shaking, from)) {
        shaking = further(from);
        ClientInternals.readTimeoutMillis(shaking, ((HttpURLConnection) from).getReadTimeout());
      }
      ClientInternals.client(from, shaking);
      return true;
    } catch (IOException failure) {
      ended = true;
      ClientInternals.socketFactory(client, new FailingHandshakes(failure));
      ClientInternals.socket(client, ScriptedSocket.failing(failure));
      return null;
    }
  }

  /**
   * Whether the next response answers an expectation and is not the final one. A client of JDK 8
   * that waited for one once never forgets it, not even in the pool.
   */
  private boolean expecting(Object client) throws Exception {
    return !continued && head.expectsContinue() && !ClientInternals.ignoresContinue(client);
  }

  /** False to go on with a further client. */
  private boolean shakesHands(Object client, Object from) throws Exception {
    if (synthetic) {
      ClientInternals.sessionless(client);
      return true;
    }
    long begun = System.nanoTime();
    IOException failure = null;
    inside = true;
    limitBegins(client);
    try {
      ClientInternals.shakeHands(client);
    } catch (IOException e) {
      failure = e;
    } finally {
      inside = false;
      if (limitEnds()) {
        failure = timedOut(failure);
      }
    }
    if (failure == null) {
      return true;
    }
    connectingNanos += System.nanoTime() - begun;
    drop(client);
    notConnected(failure, (HttpURLConnection) from);
    return false;
  }

  /** Unless it has begun. */
  private void limitBegins(Object client) {
    if (limit == null) {
      long whole = attempt.timeoutNanos;
      limitedSince = System.nanoTime();
      limit = TimeLimit.begin(mesh, client, whole == Long.MAX_VALUE ? whole : whole - attemptNanos);
    }
  }

  /** Whether the attempt's time was over. */
  private boolean limitEnds() {
    TimeLimit running = limit;
    limit = null;
    if (running == null) {
      return false;
    }
    attemptNanos += System.nanoTime() - limitedSince;
    return running.end();
  }

  /** What the library would say of a connection that is silent for too long. */
  private static SocketTimeoutException timedOut(IOException cut) {
    SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
    if (cut != null) {
      timeout.initCause(cut);
    }
    return timeout;
  }

  /** A client for the next attempt, before its handshake. */
  private Object further(Object from) throws Exception {
    URL url = head.url();
    HttpURLConnection application = (HttpURLConnection) from;
    int limit = application.getConnectTimeout();
    long left =
        limit <= 0 ? limit : Math.max(1, limit - TimeUnit.NANOSECONDS.toMillis(connectingNanos));
    Object client = dial(from, () -> ClientInternals.dial(from, url, (int) left));
    if (client == null) {
      client = inside(Pin.NONE, () -> ClientInternals.dial(from, url, (int) left));
    }
    return client;
  }

  /** The head that is to be written, or null for the library's. */
  Object write(Object client, Object written, Object body) throws Exception {
    if (delivered || synthetic || attempt == null || ended) {
      return null;
    }
    if (writtenHead == null) {
      writtenHead = written;
      writtenBody = body;
      if (!attempt.mirrors().isEmpty()) {
        Mirrors.send(mesh, call, attempt, head, client, written, body);
      }
    }
    if (head.repeatable()) {
      // What is streamed is written by the application, which takes the time that it takes.
      limitBegins(client);
    }
    return Heads.rewritten(written, attempt);
  }

  /**
   * Reads the response, and asks again as the engine says.
   *
   * @param arguments of the library's own method: the head to be read first, the connection last
   * @return null to let the library read, which fails if the client's socket does
   */
  Object receive(Object client, Object[] arguments) throws Exception {
    if (inside || ended || delivered || expecting(client)) {
      return null;
    }
    HttpURLConnection from = (HttpURLConnection) arguments[arguments.length - 1];
    boolean once = !ClientInternals.failedOnce(client);
    try {
      Object received = received(client, arguments, from, once);
      while (received == null) {
        Object further = again(from, arguments[0]);
        if (synthetic || ended) {
          read(further, arguments);
          received = further;
        } else {
          received = received(further, arguments, from, once);
        }
      }
      ClientInternals.client(from, received);
      return true;
    } catch (IOException e) {
      fail(client, e);
      return null;
    } catch (Thrown e) {
      fail(client, (RuntimeException) e.getCause());
      return null;
    }
  }

  /** Has the library run into a failure when it reads. */
  private void fail(Object client, Exception failure) throws Exception {
    ended = true;
    Hops.CONNECTIONS.unused(client);
    ClientInternals.failedOnce(client, true);
    ClientInternals.socket(client, ScriptedSocket.failing(failure));
  }

  /** A client over which the request was written anew. */
  private Object again(HttpURLConnection from, Object response) throws Exception {
    Object client = further(from);
    while (ClientInternals.secure(client) && !shakesHands(client, from)) {
      client = further(from);
    }
    write(client, from, response);
    return client;
  }

  /** The client over which the call's answer came, or null to send the request again. */
  private Object received(Object client, Object[] arguments, HttpURLConnection from, boolean once)
      throws Exception {
    boolean kept = ClientInternals.pooled(client);
    Socket socket = ClientInternals.socket(client);
    int before = socket == null ? 0 : socket.getSoTimeout();
    long left = Pin.millis(allowance(from));
    boolean limited = left < (before == 0 ? Integer.MAX_VALUE : before) && socket != null;
    if (limited) {
      socket.setSoTimeout((int) left);
    }
    long begun = System.nanoTime();
    IOException failure = null;
    boolean over = false;
    limitBegins(client);
    try {
      ClientInternals.failedOnce(client, true);
      read(client, arguments);
    } catch (IOException e) {
      failure = e;
    } finally {
      over = limitEnds();
      waitingNanos += System.nanoTime() - begun;
    }
    if (over) {
      drop(client);
      notReceived(timedOut(failure), true, once);
      return null;
    }
    if (failure != null) {
      Hops.CONNECTIONS.unused(client);
      if (kept && !brokenOff && libraryWouldRetry(failure)) {
        Object fresh = replaced(from, arguments[0]);
        return fresh == null ? null : received(fresh, arguments, from, once);
      }
      notReceived(failure, false, once);
      return null;
    }
    if (limited) {
      socket.setSoTimeout(before);
    }
    return judge(client, arguments[0]) ? client : null;
  }

  /**
   * A new connection to the same endpoint in place of a kept one that the server had closed, which
   * says nothing about the endpoint; null to ask for the next step.
   */
  private Object replaced(HttpURLConnection from, Object response) throws Exception {
    URL url = head.url();
    Pin pin = Pin.to(attempt, url);
    Object client;
    try {
      client =
          inside(pin.unpooled(), () -> ClientInternals.dial(from, url, from.getConnectTimeout()));
      Hops.CONNECTIONS.used(client, pin.poolKey, this);
      if (ClientInternals.secure(client) && !shakesHands(client, from)) {
        return null;
      }
    } catch (ConnectException | SocketTimeoutException e) {
      notConnected(e, from);
      return null;
    }
    write(client, from, response);
    return client;
  }

  private void write(Object client, HttpURLConnection from, Object response) throws Exception {
    Heads.clear(response);
    ClientInternals.readTimeoutMillis(client, from.getReadTimeout());
    ClientInternals.write(client, writtenHead, writtenBody);
  }

  private void read(Object client, Object[] arguments) throws Exception {
    inside = true;
    try {
      ClientInternals.parse(client, arguments);
    } catch (RuntimeException e) {
      throw new Thrown(e);
    } finally {
      inside = false;
    }
  }

  private boolean judge(Object client, Object response) throws Exception {
    int status = Heads.status(response);
    Outcome outcome =
        status < 0 ? Outcome.failure(Failure.OTHER, null) : Outcomes.response(status, response);
    if (finish(outcome) == Verdict.RETRY && !brokenOff) {
      drop(client, status, response);
      return false;
    }
    Heads.apply(attempt.responseHeaders(), response);
    delivered = true;
    writtenHead = null;
    writtenBody = null;
    InputStream body = ClientInternals.input(client);
    String kind = body.getClass().getName();
    if (!kind.endsWith(".KeepAliveStream") && !kind.endsWith(".ChunkedInputStream")) {
      // Of the others the library tells nobody that they ended.
      ClientInternals.input(client, new WatchedBody(body, () -> Hops.givenUp(client)));
    }
    return true;
  }

  /** Returns to send again, or throws. */
  private void notReceived(IOException e, boolean meshsLimit, boolean once) throws IOException {
    lastFailure = brokenOff ? Failure.CANCELLED : Outcomes.receiving(e);
    boolean over = brokenOff || lastFailure == Failure.TIMEOUT && !meshsLimit;
    Verdict verdict = finish(over ? Outcome.last(lastFailure, e) : Outcome.failure(lastFailure, e));
    if (over) {
      call.cancel();
      throw e;
    }
    if (verdict == Verdict.RETRY) {
      return;
    }
    if (!once || attempts > 1 || remedied || !libraryWouldRetry(e)) {
      throw e;
    }
    MeshCall own = mesh.open(HttpUrlConnectionModule.NAME, head);
    if (own == null) {
      throw e;
    }
    remedied = true;
    call = own;
    attempts = 0;
  }

  private boolean libraryWouldRetry(IOException e) {
    try {
      return Outcomes.receiving(e) == Failure.RESET
          && head.repeatable()
          && (!head.method().equals("POST") || ClientInternals.retriesPost());
    } catch (Exception unknown) {
      return false;
    }
  }

  /** What the library read by itself: only the answer to an expectation is of interest. */
  void parsed(Object client, Object response, Throwable thrown) throws Exception {
    if (inside || ended || delivered || !expecting(client)) {
      return;
    }
    int status = thrown == null ? Heads.status(response) : -1;
    if (thrown instanceof SocketTimeoutException || status == 100) {
      continued = true;
      return;
    }
    ended = true;
    limitEnds();
    finish(
        thrown == null
            ? Outcomes.response(status, response)
            : Outcome.failure(Outcomes.receiving(thrown), thrown));
    call.cancel();
  }

  /** Of a response that is not wanted, so that its connection can be kept. */
  private void drop(Object client, int status, Object response) throws Exception {
    Hops.CONNECTIONS.unused(client);
    boolean none = status == 204 || status == 304 || head.method().equals("HEAD");
    long length = none ? 0 : Heads.length(response);
    try {
      if (length == 0) {
        ClientInternals.finished(client);
        return;
      }
      InputStream body = ClientInternals.input(client);
      if (length > 0 && length <= DRAINED) {
        Socket socket = ClientInternals.socket(client);
        Draining.drain(mesh, () -> skip(body, length), () -> close(socket));
      }
      body.close();
    } catch (IOException broken) {
      ClientInternals.close(client);
    }
  }

  private static void skip(InputStream body, long length) throws IOException {
    long left = length;
    while (left > 0) {
      long skipped = body.skip(left);
      left = skipped <= 0 ? 0 : left - skipped;
    }
  }

  /** The connection is not in the library's pool before its body is closed. */
  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // Nobody wants it any more.
    }
  }

  private void drop(Object client) throws Exception {
    Hops.CONNECTIONS.unused(client);
    ClientInternals.close(client);
  }

  /**
   * The library is done with the client that this is the use of.
   *
   * @return true if the client is not used for this any more
   */
  boolean givenUp() {
    if (inside) {
      return false;
    }
    if (delivered) {
      if (released.compareAndSet(false, true)) {
        call.release(attempt);
      }
    } else if (!ended && attempt != null) {
      // Broken off before its response: by the application, or by the library's trouble to write.
      ended = true;
      Failure unheard = limitEnds() ? Failure.TIMEOUT : Failure.RESET;
      finish(Outcome.failure(brokenOff ? Failure.CANCELLED : unheard, null));
      call.cancel();
    }
    return true;
  }

  /** The application gives up. */
  void breakOff() {
    brokenOff = true;
  }

  /** What is left of the application's read timeout, in ns. */
  private long allowance(HttpURLConnection from) {
    int limit = from.getReadTimeout();
    return limit <= 0
        ? Long.MAX_VALUE
        : Math.max(1, TimeUnit.MILLISECONDS.toNanos(limit) - waitingNanos);
  }

  private void await(Step.Queue queue, long nanos, Object from) throws IOException {
    long allowance = allowance((HttpURLConnection) from);
    long begun = System.nanoTime();
    Hops.Identity key = new Hops.Identity(from);
    Hops.PARKED.put(key, this);
    try {
      Parking parking = new Parking(queue);
      for (long passed = 0; passed < nanos; passed = System.nanoTime() - begun) {
        if (passed >= allowance) {
          call.cancel();
          throw new SocketTimeoutException("Read timed out");
        }
        if (brokenOff || parking.await(Math.min(nanos, allowance) - passed)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + head.host());
    } finally {
      Hops.PARKED.remove(key);
      waitingNanos += System.nanoTime() - begun;
    }
  }

  /** What the library threw, not the agent. */
  private static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;

    Thrown(RuntimeException cause) {
      super(cause);
    }
  }
}
