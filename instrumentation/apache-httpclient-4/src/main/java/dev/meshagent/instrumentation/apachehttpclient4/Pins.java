package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.spi.drive.PerThread;
import java.io.IOException;
import java.net.InetAddress;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;

/**
 * Where the deprecated connections are to be opened to: they look the name of a route up even if
 * its host carries an address. Each pin is a thread's, for the length of one call of ours.
 */
final class Pins {
  private static final PerThread<InetAddress> PINS = new PerThread<>();

  private Pins() {}

  /** Opens a connection to the address of the route's host, if that has one. */
  static void open(
      ManagedClientConnection connection, HttpRoute route, HttpContext context, HttpParams params)
      throws IOException {
    InetAddress address = route.getTargetHost().getAddress();
    if (address == null) {
      connection.open(route, context, params);
      return;
    }
    PINS.set(address);
    try {
      connection.open(route, context, params);
    } finally {
      PINS.clear();
    }
  }

  /** What the name that this thread looks up means, or null to ask the library. */
  static InetAddress[] addresses() {
    InetAddress pinned = PINS.get();
    return pinned == null ? null : new InetAddress[] {pinned};
  }
}
