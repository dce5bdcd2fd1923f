package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.EndpointRoutes;
import dev.meshagent.spi.drive.HiddenField;
import dev.meshagent.spi.drive.NamedAddress;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;

/** The library's routes to endpoints: of another address, under the name that was written. */
final class EndpointRoute {
  private static final EndpointRoutes<HttpRoute> ROUTES = new EndpointRoutes<>(EndpointRoute::make);

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

  private EndpointRoute() {}

  private static Field[] names() {
    try {
      return new Field[] {
        HiddenField.of(HttpHost.class, "hostname"), HiddenField.of(HttpHost.class, "lcHostname")
      };
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("HttpHost takes no address beside a name", e);
    }
  }

  /**
   * @throws UnknownHostException if the engine's address is no IP literal
   */
  static HttpRoute to(HttpRoute route, Attempt attempt) throws UnknownHostException {
    return ROUTES.to(route, route.getTargetHost().getHostName(), attempt);
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
