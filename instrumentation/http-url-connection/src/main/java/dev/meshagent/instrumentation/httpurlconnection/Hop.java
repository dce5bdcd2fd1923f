package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One request and its response on its way through the mesh, on the application's thread, as the
 * advice meets it: until it is connected ({@link Dial}), until its response is there ({@link
 * Receive}), and until that was read.
 *
 * <p>Used by one thread at a time; only {@link #breakOff} and {@link #givenUp} may come from
 * another. The connection that the application holds is given to each method and not kept for
 * longer than a part takes, so that it can be collected.
 *
 * <p>The application's connect timeout bounds the connecting of all attempts, its read timeout the
 * waits and all that is waited for responses. The library retries once by itself what broke before
 * its response, POST included: the engine is asked first, and where it allows no further attempt
 * the library's one goes through the mesh as a call of its own.
 */
final class Hop extends Connector {
  private static final AtomicIntegerFieldUpdater<Hop> RELEASED =
      AtomicIntegerFieldUpdater.newUpdater(Hop.class, "released");

  private MeshCall call;
  private volatile Attempt attempt;
  private boolean remedied;
  private boolean synthetic;

  /** Whether the body may go out, as the server said or because it said nothing. */
  private boolean continued;

  /** What the library wrote, which it can write again unless it is streaming. */
  private Object writtenHead;

  private Object writtenBody;

  /** The library's own methods are being called: what they tell is expected. */
  private boolean inside;

  /** What a part is under way for, or the TLS handshake is yet to be made for; otherwise null. */
  private volatile Object connection;

  /** 1 once the engine was told that nothing is in flight any more. */
  private volatile int released;

  private volatile boolean delivered;
  private volatile boolean ended;
  private volatile boolean brokenOff;

  Hop(Mesh mesh, MeshCall call, RequestView head) {
    super(mesh, head);
    this.call = call;
  }

  /** What the library threw, not the agent. */
  static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;

    Thrown(RuntimeException cause) {
      super(cause);
    }
  }

  MeshCall call() {
    return call;
  }

  boolean isBrokenOff() {
    return brokenOff;
  }

  /** From here on the library goes on as if there were no agent. */
  void leaves() {
    ended = true;
  }

  @Override
  void makes(Attempt next) {
    attempt = next;
  }

  @Override
  void uses(Object client, URL poolKey) {
    Hops.CONNECTIONS.used(client, poolKey, this);
  }

  @Override
  void isSynthetic() {
    synthetic = true;
    ended = true;
  }

  @Override
  void inside(boolean inside) {
    this.inside = inside;
  }

  /**
   * A client for the first attempt.
   *
   * @param connectTimeoutMillis as the library's own method has it
   * @param pooled whether it may be one from the pool
   * @return null to let the library go on, which fails if this thread has a pin that does
   */
  Object dial(Object from, boolean secure, int connectTimeoutMillis, boolean pooled)
      throws Exception {
    HttpURLConnection application = (HttpURLConnection) from;
    try {
      Object client = dialled(application, connectTimeoutMillis, pooled);
      connection = secure ? from : null;
      return client == Dial.PASSED ? null : client;
    } catch (IOException e) {
      ended = true;
      Hops.pin(Pin.failing(e, head.url()));
      return null;
    }
  }

  /** Most calls are connected at their first attempt, which takes no more than is done here. */
  private Object dialled(HttpURLConnection from, int connectTimeoutMillis, boolean pooled)
      throws Exception {
    long waited = begins(from);
    try {
      Step first = call.next();
      Pin pin = null;
      Throwable failure = null;
      if (first.kind == Step.Kind.ATTEMPT) {
        try {
          pin = pin((Attempt) first);
          return connect(pin, from, connectTimeoutMillis, pooled);
        } catch (Throwable e) {
          failure = pin == null ? null : e; // An error of the agent's is met again.
        }
      }
      return Dial.first(this, from, connectTimeoutMillis, pooled, failure).run(first);
    } finally {
      ends(from, waited);
    }
  }

  private Object parked(Drive part, Attempt begun) throws Exception {
    long waited = begins(part.from);
    try {
      return part.run(begun);
    } finally {
      ends(part.from, waited);
    }
  }

  /** A part begins, in which the application's thread may wait. */
  private long begins(HttpURLConnection from) {
    connection = from;
    Hops.PARKED.put(from, this);
    return waitBegins();
  }

  private void ends(HttpURLConnection from, long waited) {
    waitEnds(waited);
    Hops.PARKED.take(from);
    connection = null;
  }

  /** Whether its thread is in a part for that connection of the application's; any thread. */
  boolean waitsFor(Object from) {
    return connection == from;
  }

  /** True if the client's handshake was made here; null to let the library make it. */
  Object shakeHands(Object client) throws Exception {
    if (inside) {
      return null;
    }
    Object from = connection;
    connection = null;
    if (delivered || ClientInternals.pooled(client)) {
      return null;
    }
    if (synthetic) {
      ClientInternals.sessionless(client);
      return true;
    }
    if (from == null || ended) {
      return null;
    }
    HttpURLConnection application = (HttpURLConnection) from;
    try {
      Object shaken = parked(Dial.shakingHands(this, application, client), attempt);
      if (shaken != client) {
        ClientInternals.readTimeoutMillis(shaken, application.getReadTimeout());
      }
      ClientInternals.client(from, shaken);
      return true;
    } catch (IOException failure) {
      ended = true;
      ClientInternals.socketFactory(client, new FailingHandshakes(failure));
      ClientInternals.socket(client, ScriptedSocket.failing(failure));
      return null;
    }
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
      limitBegins(client, attempt);
    }
    return Heads.rewritten(written, attempt);
  }

  /** Has the library write the request again. */
  void writeAgain(Object client, HttpURLConnection from, Object response) throws Exception {
    Heads.clear(response);
    ClientInternals.readTimeoutMillis(client, from.getReadTimeout());
    ClientInternals.write(client, writtenHead, writtenBody);
  }

  /** The request as the library wrote it, to be sent beside. */
  SideExchange aside(Attempt aside, Object like) throws Exception {
    return new SideExchange(
        aside,
        head.url(),
        like,
        Heads.copy(writtenHead, aside),
        writtenBody,
        Math.min(aside.connectTimeoutNanos(), aside.timeoutNanos));
  }

  /**
   * Reads the response, and asks again as the engine says.
   *
   * @param response the head to be read
   * @param progress what listens to it; null for nothing
   * @return null to let the library read, which fails if the client's socket does
   */
  Object receive(Object client, Object response, Object progress, Object connection)
      throws Exception {
    if (inside || ended || delivered || expecting(client)) {
      return null;
    }
    HttpURLConnection from = (HttpURLConnection) connection;
    boolean once = !ClientInternals.failedOnce(client);
    try {
      ClientInternals.client(from, received(client, response, progress, from, once));
      return true;
    } catch (IOException e) {
      fail(client, e);
      return null;
    } catch (Thrown e) {
      fail(client, (RuntimeException) e.getCause());
      return null;
    }
  }

  private Object received(
      Object client, Object response, Object progress, HttpURLConnection from, boolean once)
      throws Exception {
    Receive part = new Receive(this, from, response, progress, client);
    try {
      return parked(part, attempt);
    } catch (IOException e) {
      boolean librarys =
          once && !remedied && e == part.broken() && attempts() == 1 && libraryWouldRetry(e);
      MeshCall own = librarys && !brokenOff ? mesh.open(HttpUrlConnectionModule.NAME, head) : null;
      if (own == null) {
        throw e;
      }
      remedied = true;
      call = own;
      return parked(new Receive(this, from, response, progress, null), null);
    }
  }

  /**
   * Whether the next response answers an expectation and is not the final one. A client of JDK 8
   * that waited for one once never forgets it, not even in the pool.
   */
  private boolean expecting(Object client) throws Exception {
    return !continued && head.expectsContinue() && !ClientInternals.ignoresContinue(client);
  }

  /** Has the library run into a failure when it reads. */
  private void fail(Object client, Exception failure) throws Exception {
    ended = true;
    Hops.CONNECTIONS.unused(client);
    ClientInternals.failedOnce(client, true);
    ClientInternals.socket(client, ScriptedSocket.failing(failure));
  }

  /** Has the library read the response. */
  void parse(Object client, Object response, Object progress, HttpURLConnection from)
      throws Exception {
    inside = true;
    try {
      ClientInternals.parse(client, response, progress, from);
    } catch (RuntimeException e) {
      throw new Thrown(e);
    } finally {
      inside = false;
    }
  }

  /** Whether the library would send again by itself what broke so. */
  boolean libraryWouldRetry(IOException e) {
    try {
      return Outcomes.receiving(e) == Failure.RESET
          && head.repeatable()
          && (!head.method().equals("POST") || ClientInternals.retriesPost());
    } catch (Exception unknown) {
      return false;
    }
  }

  /** The response is the call's answer. */
  void deliver(Object client, Attempt answering, Object response) throws Exception {
    attempt = answering;
    try {
      Heads.apply(answering.responseHeaders(), response);
    } catch (Exception | LinkageError e) {
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
    }
    delivered = true;
    writtenHead = null;
    writtenBody = null;
    Bodies.watch(client);
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

  private void finish(Outcome outcome) {
    try {
      call.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
    }
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
      if (RELEASED.compareAndSet(this, 0, 1)) {
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

  /**
   * The body of the response broke off.
   *
   * @return true if the client is not used for this any more
   */
  boolean broken(Throwable thrown) {
    if (delivered && RELEASED.compareAndSet(this, 0, 1)) {
      Failure failure = brokenOff ? Failure.CANCELLED : Outcomes.receiving(thrown);
      Deliveries.broken(call, attempt, failure, thrown);
    }
    return delivered;
  }

  /** The application gives up. */
  void breakOff() {
    brokenOff = true;
    cut();
  }
}
