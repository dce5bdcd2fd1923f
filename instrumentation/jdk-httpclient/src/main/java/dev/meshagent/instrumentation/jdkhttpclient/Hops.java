package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hops under way, by their request, and what the advice asks of them. A hop is here from its
 * first step until its failure, the end of a body that may yet be asked for again, or the beginning
 * of any other body; then whoever reads holds it. Thread-safe; takes no monitor, so that virtual
 * threads are not pinned.
 */
final class Hops {
  /**
   * By the builder of the headers that the client adds to the request. Requests have an equality,
   * and equal ones may be under way at once; their builders have none, so that nothing is made to
   * look one up. A pushed request shares that of the one which it came for, see {@link #of}.
   */
  private static final ConcurrentHashMap<Object, Leg> UNDER_WAY = new ConcurrentHashMap<>();

  /** Heads that came with a later attempt's body, by their exchange, until the response is made. */
  private static final ConcurrentHashMap<Object, Object> HEADS = new ConcurrentHashMap<>();

  static {
    Mesh mesh = Mesh.get();
    if (!ClientInternals.AVAILABLE && mesh != null) {
      mesh.agentError(JdkHttpClientModule.NAME, ClientInternals.UNAVAILABLE);
    }
  }

  private Hops() {}

  /**
   * Starts a hop through the mesh.
   *
   * @return the future of the response, or null to leave the exchange alone
   */
  static Object begin(Object exchange) {
    Mesh mesh = Mesh.get();
    if (mesh == null || !ClientInternals.AVAILABLE) {
      return null;
    }
    Object user = ClientInternals.userRequest(ClientInternals.multi(exchange));
    if (user instanceof Companion) {
      return companion(mesh, (Companion) user, exchange);
    }
    HttpRequest http = (HttpRequest) ClientInternals.request(exchange);
    if (http.uri() == null
        || http.uri().getHost() == null
        || "CONNECT".equalsIgnoreCase(http.method())
        || ClientInternals.proxied(http)) {
      return null;
    }
    RequestView head = new RequestView(http);
    MeshCall call;
    try {
      call = mesh.open(JdkHttpClientModule.NAME, head);
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
      return null;
    }
    return call == null ? null : begin(mesh, call, exchange, head);
  }

  /** Starts a hop whose call is open. */
  static CompletableFuture<?> begin(Mesh mesh, MeshCall call, Object exchange) {
    HttpRequest http = (HttpRequest) ClientInternals.request(exchange);
    return begin(mesh, call, exchange, new RequestView(http));
  }

  private static CompletableFuture<?> begin(
      Mesh mesh, MeshCall call, Object exchange, RequestView head) {
    Hop hop = new Hop(mesh, call, exchange, head);
    add(hop.first());
    return hop.start();
  }

  /** A copy goes where the mesh wants it or nowhere: DNS need not know its host. */
  private static Object companion(Mesh mesh, Companion companion, Object exchange) {
    CompletableFuture<?> response = null;
    try {
      response = companion.begin(exchange);
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
    }
    return response != null
        ? response
        : CompletableFuture.failedFuture(new IOException("mesh-agent failed"));
  }

  /** Where a request is to connect to, or null to ask DNS as ever. */
  static Object address(Object request) {
    Leg leg = of(request);
    return leg == null ? null : leg.address();
  }

  /** The application's headers as they are to be sent, or null to send them as they are. */
  static Object userHeaders(Object request) {
    Leg leg = of(request);
    Rewriting rewriting = leg == null ? null : leg.rewriting();
    return rewriting == null ? null : rewriting.userHeaders;
  }

  /** The path and query to send over HTTP/1.1, or null for the application's. */
  static Object pathAndQuery(Object http1) {
    Leg leg = of(ClientInternals.requestOfHttp1(http1));
    Rewriting rewriting = leg == null ? null : leg.rewriting();
    return rewriting == null ? null : rewriting.pathAndQuery;
  }

  /** The pseudo headers to send over HTTP/2, or null to send them as they are. */
  static Object pseudoHeaders(Object request, Object headers) {
    Leg leg = of(request);
    Rewriting rewriting = leg == null ? null : leg.rewriting();
    return rewriting == null ? null : rewriting.pseudo((HttpHeaders) headers);
  }

  /**
   * How long connecting may take.
   *
   * @param remaining of the client's own limit, an Optional
   * @return null for that
   */
  static Object connectTimeout(Object exchange, Object remaining) {
    Leg leg = ofExchange(exchange);
    return leg == null ? null : leg.connectTimeout((Optional<?>) remaining);
  }

  /** The future of the body of an answer that no server sent, or null for any other. */
  @SuppressWarnings("unchecked")
  static Object syntheticBody(Object exchange, Object handler) {
    Leg leg = ofExchange(exchange);
    return leg == null || leg.synthetic() == null
        ? null
        : leg.synthetic().body((BodyHandler<Object>) handler);
  }

  /**
   * The body is being read: its future is complete at its end, or at its head if it streams.
   *
   * @return the future to give in its place, or null
   */
  static Object bodyRead(Object exchange, Object handler, Object future) {
    Leg leg = ofExchange(exchange);
    if (leg == null) {
      return null;
    }
    if (leg.holdsBody() && future instanceof CompletableFuture) {
      HeldBody held = new HeldBody(leg.hop(), exchange, handler);
      ((CompletableFuture<?>) future).whenComplete(held);
      return held;
    }
    remove(leg.hop());
    if (future instanceof CompletableFuture) {
      ((CompletableFuture<?>) future)
          .whenComplete(
              (body, thrown) -> {
                if (thrown != null || !leg.streaming()) {
                  leg.release();
                }
              });
    } else {
      leg.release();
    }
    return null;
  }

  /** Remembers the head that is to stand in the exchange's response; null forgets it. */
  static void headOf(Object exchange, Object response) {
    if (response == null) {
      HEADS.remove(exchange);
    } else {
      HEADS.put(exchange, response);
    }
  }

  /** The head to stand in the exchange's response, once, or null for the one that it has. */
  static Object headOf(Object exchange) {
    return HEADS.remove(exchange);
  }

  /**
   * A body is to be dropped.
   *
   * @return null, or what became of that where a response came over another exchange
   */
  static Object ignoredInstead(Object exchange) {
    Leg leg = ofExchange(exchange);
    Leg answered = leg == null ? null : leg.hop().current;
    return answered == leg || !answered.delivered()
        ? null
        : ClientInternals.ignoreBody(answered.exchange());
  }

  /** The body is being dropped. */
  static void bodyIgnored(Object exchange, Object future) {
    Leg leg = ofExchange(exchange);
    if (leg == null || !leg.delivered()) {
      return;
    }
    remove(leg.hop());
    if (future instanceof CompletableFuture) {
      ((CompletableFuture<?>) future).whenComplete((none, thrown) -> leg.release());
    } else {
      leg.release();
    }
  }

  /**
   * There is no body.
   *
   * @return true if there is no connection to give back either
   */
  static boolean noBody(Object exchange) {
    Leg leg = ofExchange(exchange);
    if (leg == null) {
      return false;
    }
    remove(leg.hop());
    leg.release();
    return leg.synthetic() != null;
  }

  /** The handler that reads a body, or a wrapper that sees a streaming body to its end. */
  @SuppressWarnings("unchecked")
  static Object watched(Object exchangeImpl, Object handler) {
    Object exchange = ClientInternals.exchangeOfImpl(exchangeImpl);
    Leg leg = exchange == null ? null : ofExchange(exchange);
    return leg == null ? null : new WatchingHandler<>((BodyHandler<Object>) handler, leg);
  }

  /** The exchange was broken off. */
  static void cancelled(Object exchange, Object cause) {
    Leg leg = ofExchange(exchange);
    if (leg != null) {
      leg.cancelled(cause);
    }
  }

  /** The exchange failed after its response was handed up. */
  static void failed(Object multi) {
    Leg leg = ofExchange(ClientInternals.exchangeOfMulti(multi));
    if (leg != null && leg.hop().multi() == multi && leg.delivered()) {
      remove(leg.hop());
      leg.release();
    }
  }

  static void add(Leg leg) {
    UNDER_WAY.put(ClientInternals.ownHeaders(leg.request()), leg);
  }

  static void remove(Leg leg) {
    UNDER_WAY.remove(ClientInternals.ownHeaders(leg.request()), leg);
  }

  static void remove(Hop hop) {
    Leg first = hop.first();
    Leg current = hop.current;
    remove(first);
    if (current != first) {
      remove(current);
    }
  }

  /** How much is remembered, for tests. */
  static int underWay() {
    return UNDER_WAY.size() + HEADS.size();
  }

  private static Leg ofExchange(Object exchange) {
    return of(ClientInternals.request(exchange));
  }

  /** Over which a request is sent, or null for one that is not under way. */
  static Leg of(Object request) {
    Leg leg = UNDER_WAY.get(ClientInternals.ownHeaders(request));
    return leg == null || leg.request() != request ? null : leg;
  }
}
