package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.drive.NamedAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.util.concurrent.TimeUnit;

/**
 * Where a thread that is looking for a connection is to find it: in the part of the pool that
 * belongs to an endpoint, or else at that endpoint. Immutable.
 */
final class Pin {
  /** As if there were no agent. */
  static final Pin NONE = new Pin(null, null, null, 0, 0, null, null);

  /** What the library looks up in its pool instead of its own URL, or null for that. */
  final URL poolKey;

  private final String host;

  /** An IP literal, or null to connect to no endpoint. */
  private final String address;

  private final int port;
  private final long connectLimitNanos;
  private final Exception failure;
  private final byte[] answer;

  private Pin(
      URL poolKey,
      String host,
      String address,
      int port,
      long connectLimitNanos,
      Exception failure,
      byte[] answer) {
    this.poolKey = poolKey;
    this.host = host;
    this.address = address;
    this.port = port;
    this.connectLimitNanos = connectLimitNanos;
    this.failure = failure;
    this.answer = answer;
  }

  /**
   * Connects to an endpoint, or takes a connection to it.
   *
   * @param host as the application wrote it
   * @param connectLimitNanos {@link Long#MAX_VALUE} for the application's
   */
  static Pin to(URL poolKey, String host, String address, int port, long connectLimitNanos) {
    return new Pin(poolKey, host, address, port, connectLimitNanos, null, null);
  }

  /** The same, by a new connection only. */
  Pin unpooled() {
    return to(Place.nowhere(poolKey), host, address, port, connectLimitNanos);
  }

  /** Fails. */
  static Pin failing(Exception failure, URL url) {
    return new Pin(Place.nowhere(url), null, null, 0, 0, failure, null);
  }

  /** Connects to nobody, and reads an answer. */
  static Pin answering(byte[] answer, URL url) {
    return new Pin(Place.nowhere(url), null, null, 0, 0, null, answer);
  }

  /** Looks into the pool only. */
  static Pin pooled(URL poolKey) {
    return new Pin(poolKey, null, null, 0, 0, null, null);
  }

  boolean hasLimit(long nanos) {
    return connectLimitNanos == nanos;
  }

  boolean connects() {
    return address != null || failure != null || answer != null;
  }

  /** A socket, which fails when it is used if connecting did. */
  Socket connect(Object client) throws Exception {
    if (failure != null) {
      return ScriptedSocket.failing(failure);
    }
    if (answer != null) {
      return ScriptedSocket.answering(answer);
    }
    try {
      Socket socket = ClientInternals.createSocket(client);
      connect(socket, ClientInternals.connectTimeoutMillis(client));
      int readTimeout = ClientInternals.readTimeoutMillis(client);
      if (readTimeout > 0) {
        socket.setSoTimeout(readTimeout);
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      return ScriptedSocket.failing(e);
    }
  }

  private void connect(Socket socket, int applicationsMillis) throws IOException {
    // Under the name as written, which a factory of TLS sockets may take it from.
    InetSocketAddress endpoint = NamedAddress.of(host, address, port);
    long millis = millis(connectLimitNanos);
    long limit = applicationsMillis == 0 ? millis : Math.min(millis, applicationsMillis);
    try {
      socket.connect(endpoint, limit > Integer.MAX_VALUE ? 0 : (int) limit);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Rounded up, so that a limit never becomes none; {@link Long#MAX_VALUE} for no limit. */
  static long millis(long nanos) {
    return nanos == Long.MAX_VALUE
        ? nanos
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
  }
}
