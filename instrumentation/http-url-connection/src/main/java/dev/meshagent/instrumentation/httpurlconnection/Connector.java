package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.util.concurrent.TimeUnit;

/**
 * Has the library connect a hop's attempts, and keeps account of the time that this takes and of
 * the limits that hold. A hop is one by inheritance, which saves an object for each call. Of the
 * hop's thread, but for {@link #cut}.
 */
abstract class Connector {
  final Mesh mesh;
  final RequestView head;
  private int attempts;

  /**
   * Whether the attempt's client is one that the library does not know yet, or not as that of the
   * application's connection, which it closes by itself when that is disconnected.
   */
  private boolean hidden;

  /** What connecting took that failed, of all attempts. */
  private long failedNanos;

  /** What all connecting took. */
  private long connectedNanos;

  /** What was waited before the response was waited for. */
  private long waitedNanos;

  /** What the attempt took so far: connecting, and what {@link #limit} limited. */
  private long attemptNanos;

  /** Of the part of the attempt that is under way; null for none, and where nothing is limited. */
  private volatile TimeLimit limit;

  Connector(Mesh mesh, RequestView head) {
    this.mesh = mesh;
    this.head = head;
  }

  /** The attempt that is being made. */
  abstract void makes(Attempt next);

  /** The client that the attempt is made over. */
  abstract void uses(Object client, URL poolKey);

  /** Whether the library's own methods are being called from now on. */
  abstract void inside(boolean inside);

  /** The answer is one that no server sent. */
  abstract void isSynthetic();

  /**
   * A part of the hop begins, in which all is waiting but connecting.
   *
   * @return for {@link #waitEnds}
   */
  long waitBegins() {
    return System.nanoTime() - connectedNanos;
  }

  /** It ends. */
  void waitEnds(long begun) {
    waitedNanos += System.nanoTime() - connectedNanos - begun;
  }

  /** What connecting took of the application's limit for it, in ns. */
  long connectingNanos() {
    return failedNanos;
  }

  /** How many attempts were made. */
  int attempts() {
    return attempts;
  }

  /** What was waited by the parts of the hop that have ended, in ns. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** An attempt begins. */
  Pin pin(Attempt attempt) {
    Pin pin = Place.pin(attempt, head.url());
    makes(attempt);
    hidden = ++attempts > 1;
    return pin;
  }

  /** The same by a new connection, in place of one that was kept. */
  Object connectAnew(Attempt attempt, HttpURLConnection from) throws Exception {
    Pin pin = Place.pin(attempt, head.url());
    hidden = true;
    long begun = System.nanoTime();
    Object client = dial(pin.unpooled(), from, from.getConnectTimeout(), false);
    connectedNanos += System.nanoTime() - begun;
    uses(client, pin.poolKey);
    if (ClientInternals.secure(client)) {
      makeHandshake(client, attempt);
    }
    return client;
  }

  /**
   * A client that is connected to where the pin says, before its handshake.
   *
   * @param timeoutMillis as the library's own method has it
   * @param pooled whether it may be one from the pool
   */
  Object connect(Pin pin, HttpURLConnection from, int timeoutMillis, boolean pooled)
      throws Exception {
    long begun = System.nanoTime();
    boolean done = false;
    try {
      Object client = dial(pin, from, timeoutMillis, pooled);
      uses(client, pin.poolKey);
      done = true;
      return client;
    } finally {
      long took = System.nanoTime() - begun;
      attemptNanos = took;
      connectedNanos += took;
      failedNanos += done ? 0 : took;
    }
  }

  /** What is left of the application's limit for connecting, in ms; 0 for no limit. */
  int leftMillis(HttpURLConnection from) {
    int own = from.getConnectTimeout();
    long left = own <= 0 ? own : Math.max(1, own - TimeUnit.NANOSECONDS.toMillis(failedNanos));
    return (int) left;
  }

  /** A client as if there were no agent, which has made its handshake. */
  Object passed(HttpURLConnection from) throws Exception {
    Object client = dial(Pin.NONE, from, leftMillis(from), true);
    if (ClientInternals.secure(client)) {
      ClientInternals.shakeHands(client);
    }
    return client;
  }

  /**
   * A client that reads an answer which no server sent.
   *
   * @param timeoutMillis as the library's own method has it
   */
  Object answer(byte[] answer, HttpURLConnection from, int timeoutMillis) throws Exception {
    isSynthetic();
    Pin pin = Pin.answering(answer, head.url());
    Object client = dial(pin, from, timeoutMillis, false);
    ClientInternals.neverPool(client);
    uses(client, pin.poolKey);
    return client;
  }

  /** Has the library look where the pin says, by its own method. */
  private Object dial(Pin pin, HttpURLConnection from, int timeoutMillis, boolean pooled)
      throws Exception {
    inside(true);
    Hops.pin(pin);
    try {
      return ClientInternals.dial(from, head.url(), timeoutMillis, pooled);
    } finally {
      Hops.dialled();
      inside(false);
    }
  }

  /** Makes the TLS handshake; gives the client up where that fails. */
  void makeHandshake(Object client, Attempt attempt) throws Exception {
    long begun = System.nanoTime();
    IOException failure = null;
    inside(true);
    limitBegins(client, attempt);
    try {
      ClientInternals.shakeHands(client);
    } catch (IOException e) {
      failure = e;
    } finally {
      inside(false);
      if (limitEnds()) {
        failure = timedOut(failure);
      }
    }
    long took = System.nanoTime() - begun;
    connectedNanos += took;
    if (failure != null) {
      failedNanos += took;
      discard(client);
      throw failure;
    }
  }

  /** What the library would say of a connection that is silent for too long. */
  private static SocketTimeoutException timedOut(IOException cut) {
    SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
    if (cut != null) {
      timeout.initCause(cut);
    }
    return timeout;
  }

  /** The client is not wanted any more. */
  void discard(Object client) throws Exception {
    Hops.CONNECTIONS.unused(client);
    ClientInternals.close(client);
  }

  /** The limit of the attempt holds from now on, unless it does already. */
  void limitBegins(Object client, Attempt attempt) {
    if (limit == null) {
      limit(client, attempt, Long.MAX_VALUE);
    }
  }

  /**
   * The same with another limit besides.
   *
   * @param left of the application's time, in ns
   * @return what breaks the attempt off; null where nobody does but the library
   */
  TimeLimit limit(Object client, Attempt attempt, long left) {
    if (limit != null && left == Long.MAX_VALUE) {
      return limit;
    }
    limitEnds();
    long whole = attempt.timeoutNanos;
    long nanos = Math.min(left, whole == Long.MAX_VALUE ? whole : whole - attemptNanos);
    if (hidden || nanos != Long.MAX_VALUE || attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
      limit = TimeLimit.begin(mesh, client, nanos);
    }
    return limit;
  }

  /** Whether the time was over, or the attempt was broken off otherwise. */
  boolean limitEnds() {
    TimeLimit running = limit;
    if (running == null) {
      return false;
    }
    limit = null;
    attemptNanos += running.elapsedNanos();
    return running.end();
  }

  /** Closes what the hop is waiting for, unless the library does. From any thread. */
  void cut() {
    TimeLimit running = limit;
    if (running != null) {
      running.run();
    }
  }
}
