package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.NamedAddress;
import dev.meshagent.spi.drive.Recent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;

/**
 * Turns the route of a request into the route of an attempt: to an endpoint, by its address. Those
 * used last are remembered, since most calls want one that was wanted before, and the library finds
 * its connections sooner by a route that it has seen. Thread-safe.
 */
final class EndpointRoute {
  private static final Recent<EndpointRoute> RECENT = new Recent<>();

  /** The constructor that takes an address beside a name; since core 4.4. */
  private static final MethodHandle WITH_NAME;

  /** Before core 4.4 a host with an address is named by it; these put the name back. */
  private static final Field[] NAMES;

  static {
    MethodHandle constructor = null;
    Field[] names = {};
    try {
      constructor =
          MethodHandles.publicLookup()
              .findConstructor(
                  HttpHost.class,
                  MethodType.methodType(
                      void.class, InetAddress.class, String.class, int.class, String.class));
    } catch (ReflectiveOperationException older) {
      names = names();
    }
    WITH_NAME = constructor;
    NAMES = names;
  }

  /** The application's route that it was made from. */
  private final HttpRoute written;

  private final String address;
  private final HttpRoute endpoint;

  private EndpointRoute(HttpRoute written, String address, HttpRoute endpoint) {
    this.written = written;
    this.address = address;
    this.endpoint = endpoint;
  }

  private static Field[] names() {
    try {
      Field[] names = {
        HttpHost.class.getDeclaredField("hostname"), HttpHost.class.getDeclaredField("lcHostname")
      };
      for (Field name : names) {
        name.setAccessible(true);
      }
      return names;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("HttpHost takes no address beside a name", e);
    }
  }

  /**
   * @throws UnknownHostException if the engine's address is no IP literal
   */
  static HttpRoute to(HttpRoute route, Attempt attempt) throws UnknownHostException {
    String name = route.getTargetHost().getHostName();
    int hash = (name.hashCode() * 31 + attempt.address.hashCode()) * 31 + attempt.port;
    EndpointRoute known = RECENT.get(hash);
    if (known == null || !known.leads(route, attempt)) {
      known = new EndpointRoute(route, attempt.address, make(route, attempt));
      RECENT.keep(hash, known);
    }
    return known.endpoint;
  }

  private boolean leads(HttpRoute route, Attempt attempt) {
    return endpoint.getTargetHost().getPort() == attempt.port
        && address.equals(attempt.address)
        && written.equals(route);
  }

  private static HttpRoute make(HttpRoute route, Attempt attempt) throws UnknownHostException {
    HttpHost target = route.getTargetHost();
    String host = target.getHostName();
    InetAddress address = NamedAddress.of(host, attempt.address, attempt.port).getAddress();
    return new HttpRoute(
        host(address, host, attempt.port, target.getSchemeName()),
        route.getLocalAddress(),
        route.isSecure());
  }

  private static HttpHost host(InetAddress address, String name, int port, String scheme) {
    try {
      if (WITH_NAME != null) {
        return (HttpHost) WITH_NAME.invokeExact(address, name, port, scheme);
      }
      HttpHost host = new HttpHost(address, port, scheme);
      NAMES[0].set(host, name);
      NAMES[1].set(host, name.toLowerCase(Locale.ROOT));
      return host;
    } catch (Throwable e) {
      throw new IllegalStateException("HttpHost takes no address beside a name", e);
    }
  }
}
