package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import javax.net.SocketFactory;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Source;

/**
 * One call of the application with all its hops, as far as the library's own code on the way down
 * has to know of it. Of the thread that runs the call.
 */
final class Passage {
  /** The call that this one was made inside of, or null. */
  final Passage outer;

  /** Whether it is that of a copy, of which the engine is not asked. */
  boolean aside;

  /** Whether the call has its chain. */
  boolean chained;

  /** The request that the running hop was begun with, or null before the first. */
  private Request running;

  /** The running hop's call of the mesh, or null where the hop is outside. */
  private MeshCall call;

  /** The endpoint of the running attempt, or null where there is none. */
  private EndpointDns endpoint;

  /** Whether any attempt was made in this passage. */
  private boolean attempted;

  /** Whether one went before the running one, whose connection the call may still hold. */
  private boolean again;

  /** Whether the running attempt has a route of its own. */
  private boolean routed;

  /** The URL that the library is sending a request for. */
  private HttpUrl requested;

  /** The last response of the hops before, without body, or null. */
  Response earlier;

  /** What the library was about to send when it was stopped, or null. */
  private RequestView next;

  private MeshCall nextCall;

  /** The response that it would have followed, without body, or null. */
  private Response stoppedAt;

  /** What watches the running attempt, or null. */
  private Try tried;

  /** Its limit for connecting, or null where the chain's own is shorter. */
  private Integer connectMillis;

  /** How its requests differ on the wire, or null. */
  private Rewriting rewriting;

  /** The body that came last for the running attempt, or null. */
  private BodySource opened;

  /** Whose call it is, once it has its chain. */
  OkHttpClient client;

  /** Whether an attempt can be broken off without the call. */
  final boolean breakable;

  /**
   * @param whole whether an attempt is not to be broken off without the call
   */
  Passage(Passage outer, boolean whole) {
    this.outer = outer;
    this.breakable = !whole && Exchanges.cancellable();
  }

  /**
   * Begins a hop.
   *
   * @param inMesh null if its host is no mesh name
   */
  void begin(Request request, MeshCall inMesh) {
    running = request;
    call = inMesh;
    unpin();
    next = null;
    nextCall = null;
    stoppedAt = null;
  }

  /** The library gave the response to the application after all: nothing follows it. */
  void followsNothing() {
    if (nextCall != null) {
      nextCall.cancel();
    }
    next = null;
    nextCall = null;
  }

  /**
   * The running hop's next connections go to that endpoint.
   *
   * @param rewritten how its requests differ on the wire, or null
   * @param watching the attempt, or null where nothing breaks it off
   * @param connectLimitMillis how long connecting may take; null for the chain's own limit
   */
  void pin(EndpointDns pinned, Rewriting rewritten, Try watching, Integer connectLimitMillis) {
    endpoint = pinned;
    rewriting = rewritten;
    tried = watching;
    connectMillis = connectLimitMillis;
    opened = null;
    again = attempted;
    routed = false;
    attempted = true;
    requested = running.url();
  }

  /** The running hop's next connections go where they like. */
  void unpin() {
    endpoint = null;
    rewriting = null;
    tried = null;
    connectMillis = null;
    opened = null;
    again = false;
  }

  /**
   * Whether a call that holds a connection under that URL must give it back. OkHttp asks so with
   * the URL of the connection's address, which is host and port alone, and with that of the
   * request, to see that no interceptor has led it to another host.
   */
  boolean leaves(HttpUrl url) {
    return (again || next != null)
        && url != requested
        && url.encodedPath().equals("/")
        && url.encodedQuery() == null;
  }

  /** The follow-up that the library was stopped at, or null. */
  RequestView next() {
    return next;
  }

  /** Its call of the mesh, or null where it leaves the mesh. */
  MeshCall nextCall() {
    return nextCall;
  }

  /** The response that it would have followed, without body. */
  Response stoppedAt() {
    return stoppedAt;
  }

  /** Whether a call is still on the route of the attempt before the running one. */
  boolean leavesItsRoute() {
    return next != null || again && !routed;
  }

  Dns dns(String host) {
    if (next != null) {
      return new HandOverDns();
    }
    routed |= isOfEndpoint(host);
    return isOfEndpoint(host) ? endpoint : null;
  }

  private boolean isOfEndpoint(String host) {
    return endpoint != null && running.url().host().equals(host);
  }

  /** The running attempt is about to be sent by that chain. */
  void sends(Object chain) {
    if (tried != null) {
      tried.sends(Exchanges.of(chain));
    }
  }

  /** The request as the running attempt sends it, or null to leave it as it is. */
  Request onTheWire(Request known) {
    return rewriting == null ? null : rewriting.onTheWire(known);
  }

  /** Whether the running attempt was broken off. */
  boolean isOver() {
    return tried != null && tried.isBrokenOff();
  }

  /** The running attempt's limit for connecting, in ms, or null if the chain's own is shorter. */
  Integer connectTimeoutMillis() {
    return connectMillis;
  }

  /** A body that can tell its end, for the response of the running attempt; null for others. */
  BodySource body(Source received) {
    opened = endpoint == null || aside ? null : new BodySource(received);
    return opened;
  }

  /** The body that came last for the running attempt, or null. */
  BodySource opened() {
    return opened;
  }

  SocketFactory sockets(String host, SocketFactory own) {
    return tried != null && next == null && isOfEndpoint(host) && !(own instanceof WatchedSockets)
        ? new WatchedSockets(own, tried)
        : null;
  }

  void followUp(Response response, Request request) {
    requested = request.url();
    if (running == null || aside || isOfThisHop(request.url())) {
      return;
    }
    Mesh mesh = Mesh.get();
    RequestView head = new RequestView(request);
    MeshCall opened = mesh.open(OkHttpModule.NAME, head);
    if (opened == null && call == null) {
      return;
    }
    stoppedAt = withoutBody(earlier == null ? response : behind(response, earlier));
    next = head;
    nextCall = opened;
  }

  /**
   * What was rewritten holds for the URL that it was rewritten of: another of the same server may
   * be no matter of that route.
   */
  private boolean isOfThisHop(HttpUrl url) {
    return sameServer(running.url(), url) && (rewriting == null || running.url().equals(url));
  }

  private static boolean sameServer(HttpUrl one, HttpUrl other) {
    return one.host().equals(other.host())
        && one.port() == other.port()
        && one.scheme().equals(other.scheme());
  }

  /** A response with another behind it, unless it has that one already. */
  static Response behind(Response response, Response earlier) {
    Response prior = response.priorResponse();
    if (prior == earlier) {
      return response;
    }
    return response
        .newBuilder()
        .priorResponse(prior == null ? earlier : behind(withoutBody(prior), earlier))
        .build();
  }

  static Response withoutBody(Response response) {
    try {
      return response.body() == null ? response : response.newBuilder().body(null).build();
    } catch (RuntimeException bodyRequired) {
      // OkHttp 5 wants a body in every response, and takes one with a body as a prior response.
      return response;
    }
  }
}
