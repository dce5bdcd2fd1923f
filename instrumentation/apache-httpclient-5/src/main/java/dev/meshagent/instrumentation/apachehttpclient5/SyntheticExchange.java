package dev.meshagent.instrumentation.apachehttpclient5;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/**
 * Notes in a call's context the exchange that an answer stands for which no server sent: the
 * library's last link does it, which such an answer does not come by. Stateless.
 */
final class SyntheticExchange {
  /** Since 5.4 the context has fields for them; before they are attributes. */
  private static final MethodHandle ROUTE = setter("setRoute", HttpRoute.class);

  private static final MethodHandle REQUEST = setter("setRequest", HttpRequest.class);
  private static final MethodHandle RESPONSE = setter("setResponse", HttpResponse.class);

  private SyntheticExchange() {}

  /** Null for a version that has none. */
  private static MethodHandle setter(String name, Class<?> type) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(HttpClientContext.class, name, MethodType.methodType(void.class, type));
    } catch (ReflectiveOperationException older) {
      return null;
    }
  }

  static void note(
      HttpClientContext context, HttpRoute route, HttpRequest request, HttpResponse response) {
    if (ROUTE == null || REQUEST == null || RESPONSE == null) {
      context.setAttribute(HttpClientContext.HTTP_ROUTE, route);
      context.setAttribute(HttpCoreContext.HTTP_REQUEST, request);
      context.setAttribute(HttpCoreContext.HTTP_RESPONSE, response);
      return;
    }
    try {
      ROUTE.invokeExact(context, route);
      REQUEST.invokeExact(context, request);
      RESPONSE.invokeExact(context, response);
    } catch (Throwable e) {
      throw new IllegalStateException("HttpClientContext takes no exchange", e);
    }
  }
}
