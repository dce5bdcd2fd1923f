package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The members of the client that are not public, by handles that were looked up once. Written
 * against the sources of JDK 11.0.32, 17.0 and 25; where versions differ, both forms are known. If
 * a member that is needed is missing, {@link #AVAILABLE} is false and nothing may be called.
 */
final class ClientInternals {
  /** Whether this JDK's client has what is needed. */
  static final boolean AVAILABLE;

  /** What is missing, or null. */
  static final Throwable UNAVAILABLE;

  private static final MethodHandle REQUEST;
  private static final MethodHandle MULTI;
  private static final MethodHandle EXCHANGE_OF_MULTI;
  private static final MethodHandle SET_EXCHANGE_OF_MULTI;
  private static final MethodHandle USER_REQUEST;
  private static final MethodHandle CLIENT;
  private static final MethodHandle EXCHANGE_OF_IMPL;
  private static final MethodHandle SEND;
  private static final MethodHandle IGNORE_BODY;
  private static final MethodHandle CANCEL;
  private static final MethodHandle GET_IMPL;
  private static final MethodHandle SET_IMPL;
  private static final MethodHandle GET_FAILED;
  private static final MethodHandle SET_FAILED;
  private static final MethodHandle GET_UPGRADING;
  private static final MethodHandle SET_UPGRADING;
  private static final MethodHandle SET_BODY_IGNORED;
  private static final MethodHandle ABORTER;
  private static final MethodHandle DISABLE_ABORTER;
  private static final MethodHandle SET_CANCELLED;
  private static final MethodHandle CANCELLED;
  private static final MethodHandle CANCEL_MULTI;
  private static final MethodHandle PUSH_GROUP;
  private static final MethodHandle HANDLER;
  private static final MethodHandle RESPONSE_FILTERS;
  private static final MethodHandle READ_BODY;
  private static final Class<?> MAPPING;
  private static final MethodHandle MAPPED;
  private static final MethodHandle SET_RETRIED;
  private static final MethodHandle CONNECT_TRACKER;
  private static final MethodHandle RESET_TRACKER;
  private static final MethodHandle REQUEST_CANCELLED;
  private static final MethodHandle EXECUTOR;
  private static final MethodHandle DELEGATE;
  private static final MethodHandle PROXY;
  private static final MethodHandle REQUEST_OF_HTTP1;
  private static final MethodHandle VERSION;
  private static final MethodHandle WEB_SOCKET;
  private static final MethodHandle SYSTEM_HEADERS;
  private static final MethodHandle HEADER_MAP;
  private static final MethodHandle STATUS;
  private static final MethodHandle HEADERS;
  private static final MethodHandle NEW_RESPONSE;
  private static final MethodHandle NEW_WHOLE_RESPONSE;
  private static final MethodHandle ADDRESS;
  private static final MethodHandle UNPROCESSED;
  private static final MethodHandle IMPL_CONNECTION;
  private static final MethodHandle CONNECTED;

  static {
    Members m = new Members();
    Class<?> exchange = m.type("Exchange");
    Class<?> multi = m.type("MultiExchange");
    Class<?> impl = m.type("ExchangeImpl");
    Class<?> request = m.type("HttpRequestImpl");
    Class<?> response = m.type("Response");
    Class<?> connection = m.type("HttpConnection");
    Class<?> aborter = m.type("Exchange$ConnectionAborter");
    Class<?> tracker = m.type("MultiExchange$ConnectTimeoutTracker");
    Class<?> delegating = m.type("HttpClientImpl$DelegatingExecutor");
    Class<?> headersBuilder = m.type("common.HttpHeadersBuilder");
    REQUEST = m.getter(exchange, "request");
    MULTI = m.getter(exchange, "multi");
    EXCHANGE_OF_MULTI = m.getter(multi, "exchange");
    SET_EXCHANGE_OF_MULTI = m.setter(multi, "exchange");
    USER_REQUEST = m.getter(multi, "userRequest");
    CLIENT = m.getter(multi, "client");
    EXCHANGE_OF_IMPL = m.getter(impl, "exchange");
    SEND = m.method(exchange, "responseAsyncImpl", CompletableFuture.class, connection);
    IGNORE_BODY = m.method(exchange, "ignoreBody", CompletableFuture.class);
    CANCEL = m.method(exchange, "cancel", void.class, IOException.class);
    GET_IMPL = m.getter(exchange, "exchImpl");
    SET_IMPL = m.setter(exchange, "exchImpl");
    GET_FAILED = m.getter(exchange, "failed");
    SET_FAILED = m.setterUnlessFinal(exchange, "failed");
    GET_UPGRADING = m.getter(exchange, "upgrading");
    SET_UPGRADING = m.setter(exchange, "upgrading");
    SET_BODY_IGNORED = m.setter(exchange, "bodyIgnored");
    ABORTER = m.getter(exchange, "connectionAborter");
    DISABLE_ABORTER = m.optionalMethod(aborter, "disable", connection);
    SET_CANCELLED = m.setter(multi, "cancelled");
    CANCELLED = m.getter(multi, "cancelled");
    CANCEL_MULTI = m.method(multi, "cancel", void.class, IOException.class);
    PUSH_GROUP = m.getter(multi, "pushGroup");
    HANDLER = m.getter(multi, "responseHandler");
    RESPONSE_FILTERS = m.method(multi, "responseFilters", request, response);
    READ_BODY = m.method(exchange, "readBodyAsync", CompletableFuture.class, BodyHandler.class);
    MAPPING = m.type("ResponseSubscribers$MappingSubscriber");
    MAPPED = m.getter(MAPPING, "upstream");
    SET_RETRIED = m.setter(multi, "retriedOnce", "expiredOnce");
    CONNECT_TRACKER = m.getter(multi, "connectTimeout");
    RESET_TRACKER = m.method(tracker, "reset", void.class);
    REQUEST_CANCELLED = m.optionalMethod(multi, "requestCancelled", boolean.class);
    EXECUTOR = m.getter(multi, "executor");
    DELEGATE = m.method(delegating, "delegate", Executor.class);
    REQUEST_OF_HTTP1 = m.getter(m.type("Http1Request"), "request");
    VERSION = m.getter(response, "version");
    PROXY = m.method(request, "proxy", InetSocketAddress.class);
    WEB_SOCKET = m.method(request, "isWebSocket", boolean.class);
    SYSTEM_HEADERS = m.method(request, "getSystemHeadersBuilder", headersBuilder);
    HEADER_MAP = m.method(headersBuilder, "map", Map.class);
    STATUS = m.intGetter(response, "statusCode");
    HEADERS = m.getter(response, "headers");
    NEW_RESPONSE =
        m.constructor(
            response,
            request,
            exchange,
            HttpHeaders.class,
            connection,
            int.class,
            HttpClient.Version.class);
    NEW_WHOLE_RESPONSE =
        m.constructor(
            m.type("HttpResponseImpl"),
            HttpRequest.class,
            response,
            HttpResponse.class,
            Object.class,
            exchange);
    ADDRESS = m.method(connection, "address", InetSocketAddress.class);
    IMPL_CONNECTION = m.method(impl, "connection", connection);
    CONNECTED = m.method(connection, "connected", boolean.class);
    UNPROCESSED = m.optionalMethod(impl, "isUnprocessedByPeer", boolean.class);
    UNAVAILABLE = m.missing;
    AVAILABLE = m.missing == null;
  }

  private ClientInternals() {}

  static Object request(Object exchange) {
    return get(REQUEST, exchange);
  }

  static Object multi(Object exchange) {
    return get(MULTI, exchange);
  }

  static Object exchangeOfMulti(Object multi) {
    return get(EXCHANGE_OF_MULTI, multi);
  }

  /** The client reads the response over that exchange, and breaks it off, should it have to. */
  static void setExchange(Object multi, Object exchange) {
    set(SET_EXCHANGE_OF_MULTI, multi, exchange);
  }

  /** The request as the client was given it, which its own are made from. */
  static Object userRequest(Object multi) {
    return get(USER_REQUEST, multi);
  }

  static HttpClient client(Object multi) {
    return (HttpClient) get(CLIENT, multi);
  }

  /** Null for a pushed stream. */
  static Object exchangeOfImpl(Object exchangeImpl) {
    return get(EXCHANGE_OF_IMPL, exchangeImpl);
  }

  /** Sends the exchange's request, past our own advice. */
  static CompletableFuture<?> send(Object exchange) {
    try {
      return (CompletableFuture<?>) (Object) SEND.invokeExact(exchange, (Object) null);
    } catch (Throwable e) {
      CompletableFuture<?> failed = new CompletableFuture<>();
      failed.completeExceptionally(e);
      return failed;
    }
  }

  static CompletableFuture<?> ignoreBody(Object exchange) {
    return (CompletableFuture<?>) get(IGNORE_BODY, exchange);
  }

  static void cancel(Object exchange, IOException cause) {
    set(CANCEL, exchange, cause);
  }

  /**
   * Makes an exchange whose attempt ended ready for another, as if it had not been sent: what the
   * client does for its own second try, and what it forgets (the headers of an upgrade to HTTP/2,
   * and a second Expect).
   */
  static void renew(Object exchange) {
    Object multi = multi(exchange);
    boolean upgrading = (boolean) get(GET_UPGRADING, exchange);
    Map<String, List<String>> system = systemHeaders(request(exchange));
    if (upgrading) {
      set(SET_UPGRADING, exchange, false);
      system.keySet().removeIf(ClientInternals::ofConnection);
    }
    system.remove("Expect");
    detach(exchange);
    if (SET_FAILED != null) {
      set(SET_FAILED, exchange, null);
    } else {
      ((AtomicReference<?>) get(GET_FAILED, exchange)).set(null);
    }
    Object tracker = get(CONNECT_TRACKER, multi);
    if (tracker != null) {
      get(RESET_TRACKER, tracker);
    }
    set(SET_CANCELLED, multi, false);
  }

  /** Makes the exchange forget its connection, which is others' by now. */
  static void detach(Object exchange) {
    set(SET_IMPL, exchange, null);
    if (DISABLE_ABORTER != null) {
      get(DISABLE_ABORTER, get(ABORTER, exchange));
    }
  }

  /** Breaks the call off as its own timer does. */
  static void cancelAll(Object multi, IOException cause) {
    set(CANCEL_MULTI, multi, cause);
  }

  /** Whether the call was broken off. */
  static boolean cancelled(Object multi) {
    return (boolean) get(CANCELLED, multi);
  }

  /** By which the body is read; a WebSocket's is the client's own. */
  static BodyHandler<?> handler(Object multi) {
    return (BodyHandler<?>) get(HANDLER, multi);
  }

  /** Whether the application takes pushed responses along with this one. */
  static boolean takesPushes(Object multi) {
    return get(PUSH_GROUP, multi) != null;
  }

  /**
   * Lets the client look at a head: it keeps the cookies.
   *
   * @return the request that the head asks for instead, or null
   */
  static Object responseFilters(Object multi, Object response) throws IOException {
    try {
      return (Object) RESPONSE_FILTERS.invokeExact(multi, response);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Reads the body of the exchange's last attempt. */
  static CompletableFuture<?> readBody(Object exchange, Object handler) {
    try {
      return (CompletableFuture<?>) (Object) READ_BODY.invokeExact(exchange, handler);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The subscriber whose result another maps, or the subscriber itself. */
  static Object unmapped(Object subscriber) {
    Object inner = subscriber;
    while (MAPPING.isInstance(inner)) {
      inner = get(MAPPED, inner);
    }
    return inner;
  }

  /** The exchange is given up: whatever it fails with now is the end. */
  static void markCancelled(Object multi) {
    set(SET_CANCELLED, multi, true);
  }

  /** Whether the application cancelled its future; JDK 11 does not have that. */
  static boolean cancelledByApplication(Object multi) {
    return REQUEST_CANCELLED != null && (boolean) get(REQUEST_CANCELLED, multi);
  }

  /** Keeps the client from its own second try of this request. */
  static void noSecondTry(Object multi) {
    set(SET_RETRIED, multi, true);
  }

  /** Runs the task on the client's executor. */
  static void execute(Object multi, Runnable task) {
    Executor executor = (Executor) get(DELEGATE, get(EXECUTOR, multi));
    try {
      executor.execute(task);
    } catch (RuntimeException refused) {
      // The application's executor is shut down; the client goes on elsewhere in that case, too.
      task.run();
    }
  }

  static Object requestOfHttp1(Object http1) {
    return get(REQUEST_OF_HTTP1, http1);
  }

  static boolean proxied(Object request) {
    return get(PROXY, request) != null;
  }

  static boolean webSocket(Object request) {
    return (boolean) get(WEB_SOCKET, request);
  }

  /** The builder of the headers that the client adds to the request. */
  static Object ownHeaders(Object request) {
    return get(SYSTEM_HEADERS, request);
  }

  @SuppressWarnings("unchecked")
  static Map<String, List<String>> systemHeaders(Object request) {
    return (Map<String, List<String>>) get(HEADER_MAP, ownHeaders(request));
  }

  /** Whether the client sets that header for each connection, or attempt, anew. */
  static boolean ofConnection(String header) {
    return header.equalsIgnoreCase("Connection")
        || header.equalsIgnoreCase("Upgrade")
        || header.equalsIgnoreCase("HTTP2-Settings")
        || header.equalsIgnoreCase("Expect");
  }

  static int status(Object response) {
    try {
      return (int) STATUS.invokeExact(response);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static HttpClient.Version version(Object response) {
    return (HttpClient.Version) get(VERSION, response);
  }

  static HttpHeaders headers(Object response) {
    return (HttpHeaders) get(HEADERS, response);
  }

  /** A response that came over no connection; the client is told not to look for its body. */
  static Object response(Object exchange, int status, HttpHeaders headers) {
    set(SET_BODY_IGNORED, exchange, CompletableFuture.completedFuture(null));
    return response(exchange, status, headers, null, HttpClient.Version.HTTP_1_1);
  }

  /**
   * A response as that of another exchange, or with other headers.
   *
   * @param over the exchange that it came over
   */
  static Object response(Object exchange, Object over, Object response, HttpHeaders headers) {
    Object impl = get(GET_IMPL, over);
    return response(
        exchange,
        status(response),
        headers,
        impl == null ? null : get(IMPL_CONNECTION, impl),
        get(VERSION, response));
  }

  private static Object response(
      Object exchange, int status, HttpHeaders headers, Object connection, Object version) {
    try {
      return (Object)
          NEW_RESPONSE.invokeExact(
              request(exchange), exchange, (Object) headers, connection, (Object) status, version);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The response as the application gets it. */
  static HttpResponse<?> wholeResponse(Object exchange, Object response, Object body) {
    try {
      return (HttpResponse<?>)
          (Object)
              NEW_WHOLE_RESPONSE.invokeExact(
                  request(exchange), response, (Object) null, body, exchange);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static Object address(Object connection) {
    return AVAILABLE ? get(ADDRESS, connection) : null;
  }

  /** Whether the peer said that it did not look at the request of the exchange's last attempt. */
  static boolean unprocessed(Object exchange) {
    Object impl = UNPROCESSED == null ? null : get(GET_IMPL, exchange);
    return impl != null && (boolean) get(UNPROCESSED, impl);
  }

  /** Whether the exchange's last attempt had its connection: then it may have sent something. */
  static boolean connected(Object exchange) {
    Object impl = get(GET_IMPL, exchange);
    Object connection = impl == null ? null : get(IMPL_CONNECTION, impl);
    return connection != null && (boolean) get(CONNECTED, connection);
  }

  private static Object get(MethodHandle handle, Object target) {
    try {
      return (Object) handle.invokeExact(target);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static void set(MethodHandle handle, Object target, Object value) {
    try {
      Object none = (Object) handle.invokeExact(target, value);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static RuntimeException rethrown(Throwable e) {
    if (e instanceof Error) {
      throw (Error) e;
    }
    return e instanceof RuntimeException ? (RuntimeException) e : new IllegalStateException(e);
  }
}
