package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.EndpointRoutes;
import dev.meshagent.spi.drive.NamedAddress;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.NamedEndpoint;

/** The library's routes to endpoints: of another address, under the name that was written. */
final class EndpointRoute {
  private static final EndpointRoutes<HttpRoute> ROUTES = new EndpointRoutes<>(EndpointRoute::make);

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

  private EndpointRoute() {}

  /**
   * @throws UnknownHostException if the engine's address is no IP literal
   */
  static HttpRoute to(HttpRoute route, Attempt attempt) throws UnknownHostException {
    return ROUTES.to(route, route.getTargetHost().getHostName(), attempt);
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
