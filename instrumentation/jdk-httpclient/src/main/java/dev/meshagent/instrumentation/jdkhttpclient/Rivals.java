package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The attempts of a hop that run beside one another where a policy hedges. The first goes over the
 * application's own exchange; each further one over a {@link Companion}'s, and so does what is
 * tried again, since the first exchange may still be busy with being broken off.
 *
 * <p>A call is used by one thread at a time, and here outcomes, timers and cancellation come on
 * several. So each of them takes its turn: {@link #inTurn} runs it at once if nobody else is in
 * turn, and leaves it to whoever is if somebody is. Nobody waits, and no monitor is taken. All
 * other methods are for those in turn.
 */
final class Rivals {
  private final Mesh mesh;
  private final Hop hop;
  private final Map<String, List<String>> systemHeaders;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final List<Leg> running = new ArrayList<>();

  Rivals(Mesh mesh, Hop hop) {
    this.mesh = mesh;
    this.hop = hop;
    this.systemHeaders = Companion.systemHeaders(hop.request());
  }

  /** Whether further attempts of a hop could run beside this first one. */
  static boolean wanted(Attempt first, Hop hop) {
    return first.hedgeAfterNanos() != Long.MAX_VALUE
        && Companion.possible((HttpRequest) hop.request())
        && !ClientInternals.takesPushes(hop.multi());
  }

  void inTurn(Runnable event) {
    events.add(event);
    if (waiting.getAndIncrement() != 0) {
      return;
    }
    do {
      try {
        events.remove().run();
      } catch (Throwable e) {
        mesh.agentError(JdkHttpClientModule.NAME, e);
      }
    } while (waiting.decrementAndGet() != 0);
  }

  /** Sends over the application's own exchange. */
  void first(Leg leg, Attempt attempt) {
    leg.takes(attempt);
    running.add(leg);
    send(leg, attempt);
  }

  private void send(Leg leg, Attempt attempt) {
    try {
      leg.send(attempt);
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      Sending.ended(leg, attempt, null, new IOException("mesh-agent failed", e), false);
    }
  }

  /** Sends over an exchange of its own. */
  void beside(Attempt attempt) {
    Leg leg = new Leg(hop);
    leg.takes(attempt);
    running.add(leg);
    try {
      new Companion(
              (HttpRequest) hop.request(),
              systemHeaders,
              null,
              exchange -> begin(leg, attempt, exchange))
          .send(ClientInternals.client(hop.multi()))
          .whenComplete((response, thrown) -> notSent(leg, attempt, thrown));
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      notSent(leg, attempt, e);
    }
  }

  /** The client took no more, or could not be asked, which says nothing about the endpoint. */
  private void notSent(Leg leg, Attempt attempt, Throwable why) {
    if (!leg.bound()) {
      IllegalStateException notSent = new IllegalStateException("not sent", why);
      Sending.ended(leg, attempt, null, notSent, false);
    }
  }

  private CompletableFuture<?> begin(Leg leg, Attempt attempt, Object exchange) {
    leg.bind(exchange);
    Hops.add(leg);
    inTurn(
        () -> {
          if (running.contains(leg)) {
            send(leg, attempt);
          } else {
            leg.leave(false);
          }
        });
    return leg.result();
  }

  /** False if the leg lost before it ended. */
  boolean ended(Leg leg) {
    return running.remove(leg);
  }

  boolean none() {
    return running.isEmpty();
  }

  /** Whether one of those under way has its connection. */
  boolean connected() {
    for (Leg leg : running) {
      if (leg.bound() && ClientInternals.connected(leg.exchange())) {
        return true;
      }
    }
    return false;
  }

  /** Nobody wants the others any more. */
  void breakOff() {
    List<Leg> lost = new ArrayList<>(running);
    running.clear();
    for (Leg leg : lost) {
      hop.call().finish(leg.attempt(), Cancellation.lost(hop));
      if (leg.bound()) {
        leg.breakOff("another attempt answers");
        leg.leave(false);
      }
    }
  }
}
