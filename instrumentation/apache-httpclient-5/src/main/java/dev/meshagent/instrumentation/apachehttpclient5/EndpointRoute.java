package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.NamedAddress;
import dev.meshagent.spi.drive.Recent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.NamedEndpoint;

/**
 * Turns the route of a request into the route of an attempt: to an endpoint, by its address. Those
 * used last are remembered, since most calls want one that was wanted before, and the library finds
 * its connections sooner by a route that it has seen. Thread-safe.
 */
final class EndpointRoute {
  private static final Recent<EndpointRoute> RECENT = new Recent<>();

  /** {@code HttpRoute.getTargetName()}: the name for TLS where it is another; since 5.4. */
  private static final MethodHandle TARGET_NAME;

  /** The constructor that takes that name, or null. */
  private static final MethodHandle WITH_TARGET_NAME;

  static {
    MethodHandle getter = null;
    MethodHandle constructor = null;
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      getter =
          lookup.findVirtual(
              HttpRoute.class, "getTargetName", MethodType.methodType(NamedEndpoint.class));
      constructor =
          lookup.findConstructor(
              HttpRoute.class,
              MethodType.methodType(
                  void.class,
                  HttpHost.class,
                  NamedEndpoint.class,
                  InetAddress.class,
                  boolean.class));
    } catch (ReflectiveOperationException older) {
      getter = null;
    }
    TARGET_NAME = getter;
    WITH_TARGET_NAME = constructor;
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
    InetAddress address =
        NamedAddress.of(target.getHostName(), attempt.address, attempt.port).getAddress();
    HttpHost endpoint =
        new HttpHost(target.getSchemeName(), address, target.getHostName(), attempt.port);
    if (TARGET_NAME != null) {
      try {
        NamedEndpoint name = (NamedEndpoint) TARGET_NAME.invokeExact(route);
        if (name != null) {
          return (HttpRoute)
              WITH_TARGET_NAME.invokeExact(
                  endpoint, name, route.getLocalAddress(), route.isSecure());
        }
      } catch (Throwable e) {
        throw new IllegalStateException("HttpRoute cannot be copied", e);
      }
    }
    return new HttpRoute(endpoint, route.getLocalAddress(), route.isSecure());
  }
}
