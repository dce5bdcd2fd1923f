package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.ByIdentity;
import dev.meshagent.spi.drive.PerThread;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;

/** What the advice asks of the hops under way. Thread-safe. */
final class Hops {
  static final Connections CONNECTIONS = new Connections();

  /** The threads that are looking for a connection, each for the length of one call of ours. */
  private static final PerThread<Pin> PINS = new PerThread<>();

  /**
   * The hops with a part under way, by the connection that the application holds, for an
   * application that disconnects one before it has a client.
   */
  static final ByIdentity<Hop> PARKED = new ByIdentity<>();

  static {
    Mesh mesh = Mesh.get();
    if (!ClientInternals.AVAILABLE && mesh != null) {
      mesh.agentError(HttpUrlConnectionModule.NAME, ClientInternals.UNAVAILABLE);
    }
  }

  private Hops() {}

  /**
   * The library wants a client for a connection.
   *
   * @param proxy null or {@link Proxy#NO_PROXY} for none
   * @param connectTimeoutMillis as the library's own method has it
   * @param pooled whether it may be one from the pool
   * @param connection null where there is none, which is left alone
   * @return null to let the library go on
   */
  static Object dial(
      boolean secure,
      URL url,
      Proxy proxy,
      int connectTimeoutMillis,
      boolean pooled,
      Object connection) {
    Mesh mesh = Mesh.get();
    if (mesh == null
        || !ClientInternals.AVAILABLE
        || connection == null
        || proxied(proxy)
        || pin() != null) {
      return null;
    }
    try {
      RequestView head = head(url, connection);
      if (head.host() == null || head.host().isEmpty()) {
        return null;
      }
      MeshCall call = mesh.open(HttpUrlConnectionModule.NAME, head);
      return call == null
          ? null
          : new Hop(mesh, call, head).dial(connection, secure, connectTimeoutMillis, pooled);
    } catch (Throwable e) {
      dialled();
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
      return null;
    }
  }

  private static RequestView head(URL url, Object connection) throws Exception {
    return new RequestView(
        url,
        ((HttpURLConnection) connection).getRequestMethod(),
        ClientInternals.requests(connection),
        ClientInternals.cookies(connection),
        ClientInternals.streaming(connection));
  }

  private static boolean proxied(Proxy proxy) {
    return proxy != null && proxy.type() != Proxy.Type.DIRECT;
  }

  /** From here on this thread finds its connection there. */
  static void pin(Pin pin) {
    PINS.set(pin);
  }

  private static Pin pin() {
    return PINS.get();
  }

  /** This thread has its connection, or has none. */
  static void dialled() {
    PINS.clear();
  }

  /** The socket of a client, or null to let the library connect. */
  static Object connect(Object client) throws Exception {
    Pin pin = pin();
    return pin == null || !pin.connects() ? null : pin.connect(client);
  }

  /** What this thread is to look up in the pool, or null for what the library does. */
  static Object poolKey() {
    Pin pin = pin();
    return pin == null ? null : pin.poolKey;
  }

  /** What a client is to be pooled under, or null for what the library does. */
  static Object poolKey(Object client) {
    Connections.Entry entry = CONNECTIONS.of(client);
    return entry == null ? null : entry.poolKey;
  }

  /** This thread is about to look for an idle connection to the same endpoint, to close it. */
  static void closingIdle(Object client) {
    Connections.Entry entry = CONNECTIONS.of(client);
    if (entry != null) {
      pin(Pin.pooled(entry.poolKey));
    }
  }

  /** The handshake of a client was made, if not null. */
  static Object shakeHands(Object client) throws Exception {
    Hop hop = CONNECTIONS.hop(client);
    return hop == null ? null : hop.shakeHands(client);
  }

  /** The head that is to be written, or null for the library's own. */
  static Object write(Object client, Object head, Object body) throws Exception {
    Hop hop = CONNECTIONS.hop(client);
    return hop == null ? null : hop.write(client, head, body);
  }

  /**
   * The response was received, if not null.
   *
   * @param progress what listens to it; null for nothing
   */
  static Object receive(Object client, Object response, Object progress, Object connection)
      throws Exception {
    Hop hop = CONNECTIONS.hop(client);
    return hop == null ? null : hop.receive(client, response, progress, connection);
  }

  /** The library read a response, or failed to. */
  static void parsed(Object client, Object response, Object thrown) throws Exception {
    Hop hop = CONNECTIONS.hop(client);
    if (hop != null) {
      hop.parsed(client, response, (Throwable) thrown);
    }
  }

  /** The library is done with what a client was used for. */
  static void givenUp(Object client) {
    Connections.Entry entry = CONNECTIONS.of(client);
    Hop hop = entry == null ? null : entry.hop;
    if (hop != null && hop.givenUp()) {
      entry.hop = null;
    }
  }

  /** The application could not read on in a body. */
  static void broken(Object body, Throwable thrown) throws Exception {
    if (!ClientInternals.AVAILABLE) {
      return;
    }
    Object client = ClientInternals.client(ClientInternals.connection(body));
    Connections.Entry entry = client == null ? null : CONNECTIONS.of(client);
    Hop hop = entry == null ? null : entry.hop;
    if (hop != null && hop.broken(thrown)) {
      entry.hop = null;
    }
  }

  /** The application breaks off what a connection of its does. */
  static void disconnect(Object connection) throws Exception {
    Hop parked = PARKED.get(connection);
    if (parked != null && parked.waitsFor(connection)) {
      parked.breakOff();
    }
    if (ClientInternals.AVAILABLE) {
      Object client = ClientInternals.client(connection);
      Hop hop = client == null ? null : CONNECTIONS.hop(client);
      if (hop != null) {
        hop.breakOff();
      }
    }
  }
}
