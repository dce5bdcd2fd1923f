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
  private static final ConcurrentHashMap<Key, Hop> UNDER_WAY = new ConcurrentHashMap<>();

  /** Heads that came with a later attempt's body, by their exchange, until the response is made. */
  private static final ConcurrentHashMap<Key, Object> HEADS = new ConcurrentHashMap<>();

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
    UNDER_WAY.put(new Key(hop.request()), hop);
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
    Hop hop = of(request);
    return hop == null ? null : hop.address();
  }

  /** The application's headers as they are to be sent, or null to send them as they are. */
  static Object userHeaders(Object request) {
    Hop hop = of(request);
    Rewriting rewriting = hop == null ? null : hop.rewriting();
    return rewriting == null ? null : rewriting.userHeaders;
  }

  /** The path and query to send over HTTP/1.1, or null for the application's. */
  static Object pathAndQuery(Object http1) {
    Hop hop = UNDER_WAY.isEmpty() ? null : of(ClientInternals.requestOfHttp1(http1));
    Rewriting rewriting = hop == null ? null : hop.rewriting();
    return rewriting == null ? null : rewriting.pathAndQuery;
  }

  /** The pseudo headers to send over HTTP/2, or null to send them as they are. */
  static Object pseudoHeaders(Object request, Object headers) {
    Hop hop = of(request);
    Rewriting rewriting = hop == null ? null : hop.rewriting();
    return rewriting == null ? null : rewriting.pseudo((HttpHeaders) headers);
  }

  /**
   * How long connecting may take.
   *
   * @param remaining of the client's own limit, an Optional
   * @return null for that
   */
  static Object connectTimeout(Object exchange, Object remaining) {
    Hop hop = ofExchange(exchange);
    return hop == null ? null : hop.connectTimeout((Optional<?>) remaining);
  }

  /** The future of the body of an answer that no server sent, or null for any other. */
  @SuppressWarnings("unchecked")
  static Object syntheticBody(Object exchange, Object handler) {
    Hop hop = ofExchange(exchange);
    return hop == null || hop.synthetic() == null
        ? null
        : hop.synthetic().body((BodyHandler<Object>) handler);
  }

  /**
   * The body is being read: its future is complete at its end, or at its head if it streams.
   *
   * @return the future to give in its place, or null
   */
  static Object bodyRead(Object exchange, Object handler, Object future) {
    Hop hop = ofExchange(exchange);
    if (hop == null) {
      return null;
    }
    if (hop.holdsBody() && future instanceof CompletableFuture) {
      return new HeldBody(Mesh.get(), hop, exchange, handler).of((CompletableFuture<?>) future);
    }
    remove(hop);
    if (future instanceof CompletableFuture) {
      ((CompletableFuture<?>) future)
          .whenComplete(
              (body, thrown) -> {
                if (thrown != null || !hop.streaming()) {
                  hop.release();
                }
              });
    } else {
      hop.release();
    }
    return null;
  }

  /** Remembers the head that is to stand in the exchange's response; null forgets it. */
  static void headOf(Object exchange, Object response) {
    if (response == null) {
      HEADS.remove(new Key(exchange));
    } else {
      HEADS.put(new Key(exchange), response);
    }
  }

  /** The head to stand in the exchange's response, once, or null for the one that it has. */
  static Object headOf(Object exchange) {
    return HEADS.isEmpty() ? null : HEADS.remove(new Key(exchange));
  }

  /** The body is being dropped. */
  static void bodyIgnored(Object exchange, Object future) {
    Hop hop = ofExchange(exchange);
    if (hop == null || !hop.delivered()) {
      return;
    }
    remove(hop);
    if (future instanceof CompletableFuture) {
      ((CompletableFuture<?>) future).whenComplete((none, thrown) -> hop.release());
    } else {
      hop.release();
    }
  }

  /**
   * There is no body.
   *
   * @return true if there is no connection to give back either
   */
  static boolean noBody(Object exchange) {
    Hop hop = ofExchange(exchange);
    if (hop == null) {
      return false;
    }
    remove(hop);
    hop.release();
    return hop.synthetic() != null;
  }

  /** The handler that reads a body, or a wrapper that sees a streaming body to its end. */
  @SuppressWarnings("unchecked")
  static Object watched(Object exchangeImpl, Object handler) {
    if (UNDER_WAY.isEmpty()) {
      return null;
    }
    Object exchange = ClientInternals.exchangeOfImpl(exchangeImpl);
    Hop hop = exchange == null ? null : ofExchange(exchange);
    return hop == null ? null : new WatchingHandler<>((BodyHandler<Object>) handler, hop);
  }

  /** The exchange was broken off. */
  static void cancelled(Object exchange, Object cause) {
    Hop hop = ofExchange(exchange);
    if (hop != null) {
      hop.cancelled(cause);
    }
  }

  /** The exchange failed after its response was handed up. */
  static void failed(Object multi) {
    if (UNDER_WAY.isEmpty()) {
      return;
    }
    Hop hop = ofExchange(ClientInternals.exchangeOfMulti(multi));
    if (hop != null && hop.delivered()) {
      remove(hop);
      hop.release();
    }
  }

  static void remove(Hop hop) {
    UNDER_WAY.remove(new Key(hop.request()), hop);
  }

  /** How much is remembered, for tests. */
  static int underWay() {
    return UNDER_WAY.size() + HEADS.size();
  }

  private static Hop ofExchange(Object exchange) {
    return UNDER_WAY.isEmpty() ? null : of(ClientInternals.request(exchange));
  }

  private static Hop of(Object request) {
    return UNDER_WAY.isEmpty() ? null : UNDER_WAY.get(new Key(request));
  }

  /** A request by its identity, since equal ones may be under way at once; so an exchange. */
  private static final class Key {
    private final Object object;

    Key(Object object) {
      this.object = object;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).object == object;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(object);
    }
  }
}
