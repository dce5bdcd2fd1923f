package dev.meshagent.instrumentation.reactornetty;

import io.netty.handler.codec.http.HttpHeaders;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.ProxyProvider;

/**
 * What the adapter uses of the library that is not public. If a member is missing, {@link
 * #AVAILABLE} is false and every call is left alone.
 */
final class Internals {
  static final boolean AVAILABLE;

  /** Why not, or null. */
  static final Throwable UNAVAILABLE;

  private static final String CLIENT = "reactor.netty.http.client.";

  /** The arguments of a method that has none. */
  private static final Object[] NOTHING = {};

  private static Field uri;
  private static Field method;
  private static Field proxy;
  private static Field retries;
  private static Method send;
  private static Constructor<?> handlers;
  private static Field body;
  private static Field configuredBody;
  private static List<Field> hop;
  private static Field scheme;
  private static Method path;
  private static Method address;
  private static Field headers;
  private static Constructor<HttpClientConfig> copy;
  private static Field tls;
  private static Method protocols;

  static {
    Throwable missing = null;
    try {
      ClassLoader library = HttpClientConfig.class.getClassLoader();
      Class<?> handler =
          Class.forName(CLIENT + "HttpClientConnect$HttpClientHandler", false, library);
      Class<?> endpoint = Class.forName(CLIENT + "UriEndpoint", false, library);
      Class<?> operations = Class.forName(CLIENT + "HttpClientOperations", false, library);
      uri = open(handler.getDeclaredField("toURI"));
      method = open(handler.getDeclaredField("method"));
      proxy = open(handler.getDeclaredField("proxyProvider"));
      retries = open(handler.getDeclaredField("shouldRetry"));
      send = open(handler.getDeclaredMethod("requestWithBody", operations));
      handlers = open(handler.getDeclaredConstructor(HttpClientConfig.class));
      body = open(handler.getDeclaredField("handler"));
      configuredBody = open(HttpClientConfig.class.getDeclaredField("body"));
      hop = volatileFields(handler);
      scheme = open(endpoint.getDeclaredField("scheme"));
      path = open(endpoint.getDeclaredMethod("getPathAndQuery"));
      address = open(endpoint.getDeclaredMethod("getRemoteAddress"));
      headers = open(HttpClientConfig.class.getDeclaredField("headers"));
      copy = open(HttpClientConfig.class.getDeclaredConstructor(HttpClientConfig.class));
      tls = open(HttpClientConfig.class.getDeclaredField("sslProvider"));
      protocols = open(HttpClientConfig.class.getDeclaredMethod("protocols", HttpProtocol[].class));
    } catch (Throwable e) {
      missing = e;
    }
    UNAVAILABLE = missing;
    AVAILABLE = missing == null;
  }

  private Internals() {}

  /** True for the library's handler of an exchange. */
  static boolean isHandler(Object supplier) {
    return supplier != null && uri.getDeclaringClass().isInstance(supplier);
  }

  /** What the exchange calls, to be asked by the methods below. */
  static Object uri(Object handler) throws Exception {
    return uri.get(handler);
  }

  static String scheme(Object uri) throws Exception {
    return (String) scheme.get(uri);
  }

  static String method(Object handler) throws Exception {
    return method.get(handler).toString();
  }

  static String pathAndQuery(Object uri) throws Exception {
    return (String) path.invoke(uri, NOTHING);
  }

  /** The address as the application wrote it, not resolved. */
  static SocketAddress address(Object uri) throws Exception {
    return (SocketAddress) address.invoke(uri, NOTHING);
  }

  /** Those of the configuration itself, of which its public method makes a copy each time. */
  static HttpHeaders headers(HttpClientConfig config) throws Exception {
    return (HttpHeaders) headers.get(config);
  }

  /** Null for none. */
  static ProxyProvider proxy(Object handler) throws Exception {
    return (ProxyProvider) proxy.get(handler);
  }

  /** Keeps the library from its own retry of this exchange. */
  static void noRetry(Object handler) throws Exception {
    retries.setBoolean(handler, false);
  }

  /** What writes the request of an exchange: the application's function, or null. */
  static Object body(Object handler) throws Exception {
    return body.get(handler);
  }

  /** Has a request sent as that handler would, but written by that function. */
  static Publisher<Void> send(
      Object handler, HttpClientConfig config, Object function, Object operations)
      throws Exception {
    HttpClientConfig changed = copy.newInstance(config);
    configuredBody.set(changed, function);
    Object sibling = handlers.newInstance(changed);
    for (Field field : hop) {
      field.set(sibling, field.get(handler));
    }
    return send(sibling, operations);
  }

  static Publisher<Void> send(Object handler, Object operations) {
    try {
      @SuppressWarnings("unchecked")
      Publisher<Void> sent = (Publisher<Void>) send.invoke(handler, operations);
      return sent;
    } catch (InvocationTargetException e) {
      return Mono.error(e.getCause());
    } catch (IllegalAccessException e) {
      return Mono.error(e);
    }
  }

  /** The same configuration for HTTP/1.1 without TLS. */
  static HttpClientConfig plain(HttpClientConfig config) throws Exception {
    HttpClientConfig plain = copy.newInstance(config);
    tls.set(plain, null);
    protocols.invoke(plain, (Object) new HttpProtocol[] {HttpProtocol.HTTP11});
    return plain;
  }

  /** What of a handler is not the client's configuration, but changes from hop to hop. */
  private static List<Field> volatileFields(Class<?> handler) {
    List<Field> fields = new ArrayList<>();
    for (Field field : handler.getDeclaredFields()) {
      if (Modifier.isVolatile(field.getModifiers())) {
        fields.add(open(field));
      }
    }
    return fields;
  }

  private static <T extends AccessibleObject> T open(T member) {
    member.setAccessible(true);
    return member;
  }
}
