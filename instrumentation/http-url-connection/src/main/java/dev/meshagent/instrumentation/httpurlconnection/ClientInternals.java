package dev.meshagent.instrumentation.httpurlconnection;

import java.io.InputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.CookieHandler;
import java.net.Proxy;
import java.net.Socket;
import java.net.URL;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;

/**
 * What the adapter uses of the client's insides. A <em>client</em> is the library's object for one
 * connection, a <em>connection</em> the application's HttpURLConnection, or what stands behind its
 * HttpsURLConnection. Members are those of JDK 8 to 25. If one is missing, {@link #AVAILABLE} is
 * false and every call is left alone. What the library throws is passed on.
 */
final class ClientInternals {
  static final boolean AVAILABLE;

  /** Why not, or null. */
  static final Throwable UNAVAILABLE;

  // These take an array.
  private static final MethodHandle NEW_HTTP;
  private static final MethodHandle NEW_HTTPS;
  private static final MethodHandle NEW_OF_CONNECTION;
  private static final MethodHandle CREATE_SOCKET;
  private static final MethodHandle SOCKET;
  private static final MethodHandle SET_SOCKET;
  private static final MethodHandle INPUT;
  private static final MethodHandle SET_INPUT;
  private static final MethodHandle OUTPUT;
  private static final MethodHandle CONNECT_TIMEOUT;
  private static final MethodHandle READ_TIMEOUT;
  private static final MethodHandle DEFAULT_CONNECT_TIMEOUT;
  private static final MethodHandle DEFAULT_READ_TIMEOUT;
  private static final MethodHandle SET_READ_TIMEOUT;
  private static final MethodHandle FAILED_ONCE;
  private static final MethodHandle SET_FAILED_ONCE;
  private static final MethodHandle IGNORES_CONTINUE;
  private static final MethodHandle SET_DISABLE_KEEP_ALIVE;
  private static final MethodHandle RETRIES_POST;
  private static final MethodHandle IS_CACHED;
  private static final MethodHandle WRITE;

  private static final MethodHandle PARSE;
  private static final MethodHandle FINISHED;
  private static final MethodHandle CLOSE;
  private static final MethodHandle AFTER_CONNECT;
  private static final MethodHandle SET_SESSION;
  private static final MethodHandle FACTORY;
  private static final MethodHandle SET_FACTORY;
  private static final MethodHandle VERIFIER;
  private static final MethodHandle CLIENT_OF_CONNECTION;
  private static final MethodHandle SET_CLIENT_OF_CONNECTION;
  private static final MethodHandle REQUESTS;
  private static final MethodHandle COOKIES;
  private static final MethodHandle SET_COOKIES;
  private static final MethodHandle STREAMING;
  private static final MethodHandle NEW_CONNECTION;
  private static final MethodHandle CONNECTION_OF_BODY;
  private static final Class<?> SECURE_CLIENT;

  static {
    Members in = new Members();
    Class<?> network = in.type("sun.net.NetworkClient");
    Class<?> client = in.type("sun.net.www.http.HttpClient");
    Class<?> secure = in.type("sun.net.www.protocol.https.HttpsClient");
    Class<?> connection = in.type("sun.net.www.protocol.http.HttpURLConnection");
    Class<?> body = in.type("sun.net.www.protocol.http.HttpURLConnection$HttpInputStream");
    Class<?> header = in.type("sun.net.www.MessageHeader");
    Class<?> poster = in.type("sun.net.www.http.PosterOutputStream");
    Class<?> bool = boolean.class;
    SECURE_CLIENT = secure;
    NEW_HTTP =
        Members.spread(
            in.method(client, "New", URL.class, Proxy.class, int.class, bool, connection));
    NEW_HTTPS =
        Members.spread(
            in.method(
                secure,
                "New",
                SSLSocketFactory.class,
                URL.class,
                HostnameVerifier.class,
                Proxy.class,
                bool,
                int.class,
                connection));
    NEW_OF_CONNECTION =
        in.method(connection, "getNewHttpClient", URL.class, Proxy.class, int.class, bool);
    CREATE_SOCKET = in.method(network, "createSocket");
    SOCKET = in.getter(network, "serverSocket");
    SET_SOCKET = in.setter(network, "serverSocket");
    INPUT = in.getter(network, "serverInput");
    SET_INPUT = in.setter(network, "serverInput");
    OUTPUT = in.getter(network, "serverOutput");
    CONNECT_TIMEOUT = in.getter(network, "connectTimeout");
    READ_TIMEOUT = in.getter(network, "readTimeout");
    DEFAULT_CONNECT_TIMEOUT = in.getter(network, "defaultConnectTimeout");
    DEFAULT_READ_TIMEOUT = in.getter(network, "defaultSoTimeout");
    SET_READ_TIMEOUT = in.method(network, "setReadTimeout", int.class);
    FAILED_ONCE = in.getter(client, "failedOnce");
    SET_FAILED_ONCE = in.setter(client, "failedOnce");
    IGNORES_CONTINUE = in.getter(client, "ignoreContinue");
    SET_DISABLE_KEEP_ALIVE = in.setter(client, "disableKeepAlive");
    RETRIES_POST = in.getter(client, "retryPostProp");
    IS_CACHED = in.method(client, "isCachedConnection");
    WRITE = in.method(client, "writeRequests", header, poster, bool);
    MethodHandle parse = in.methodFrom(client, "parseHTTP", header);
    // Until JDK 24 with a listener of the progress before the connection.
    PARSE =
        parse == null || parse.type().parameterCount() == 4
            ? parse
            : MethodHandles.dropArguments(parse, 2, Object.class);
    FINISHED = in.method(client, "finished");
    CLOSE = in.method(client, "closeServer");
    AFTER_CONNECT = in.method(client, "afterConnect");
    SET_SESSION = in.setter(secure, "session");
    FACTORY = in.getter(secure, "sslSocketFactory");
    VERIFIER = in.getter(secure, "hv");
    SET_FACTORY = in.setter(secure, "sslSocketFactory");
    CLIENT_OF_CONNECTION = in.getter(connection, "http");
    SET_CLIENT_OF_CONNECTION = in.setter(connection, "http");
    REQUESTS = in.getter(connection, "requests");
    COOKIES = in.getter(connection, "cookieHandler");
    SET_COOKIES = in.setter(connection, "cookieHandler");
    STREAMING = in.method(connection, "streaming");
    NEW_CONNECTION = in.constructor(connection, URL.class, Proxy.class);
    CONNECTION_OF_BODY = in.getter(body, "this$0");
    Throwable missing = in.missing == null ? Heads.MISSING : in.missing;
    UNAVAILABLE = missing;
    AVAILABLE = missing == null;
  }

  private ClientInternals() {}

  /**
   * A client for the connection, with no handshake made.
   *
   * @param connectTimeoutMillis negative for the library's default, 0 for no limit
   * @param pooled whether it may be one from the pool
   */
  static Object dial(Object connection, URL url, int connectTimeoutMillis, boolean pooled)
      throws Exception {
    return Erased.call(
        NEW_OF_CONNECTION, connection, url, Proxy.NO_PROXY, connectTimeoutMillis, pooled);
  }

  /** A further client like one that there is, new or from the pool, with no handshake made. */
  static Object dialLike(Object client, URL url) throws Exception {
    int timeout = connectTimeoutMillis(client);
    return secure(client)
        ? Erased.spread(
            NEW_HTTPS,
            new Object[] {
              Erased.call(FACTORY, client),
              url,
              Erased.call(VERIFIER, client),
              Proxy.NO_PROXY,
              true,
              timeout,
              null
            })
        : Erased.spread(NEW_HTTP, new Object[] {url, Proxy.NO_PROXY, timeout, true, null});
  }

  static Socket createSocket(Object client) throws Exception {
    return (Socket) Erased.call(CREATE_SOCKET, client);
  }

  static Socket socket(Object client) throws Exception {
    return (Socket) Erased.call(SOCKET, client);
  }

  static void socket(Object client, Socket socket) throws Exception {
    Erased.call(SET_SOCKET, client, socket);
  }

  static InputStream input(Object client) throws Exception {
    return (InputStream) Erased.call(INPUT, client);
  }

  static void input(Object client, InputStream input) throws Exception {
    Erased.call(SET_INPUT, client, input);
  }

  static PrintStream output(Object client) throws Exception {
    return (PrintStream) Erased.call(OUTPUT, client);
  }

  /** How long connecting may take by the application, in ms; 0 for no limit. */
  static int connectTimeoutMillis(Object client) throws Exception {
    int own = (Integer) Erased.call(CONNECT_TIMEOUT, client);
    return own >= 0 ? own : Math.max(0, (Integer) Erased.call(DEFAULT_CONNECT_TIMEOUT));
  }

  /** How long a read may take by the application before it set a limit, in ms; 0 for no limit. */
  static int readTimeoutMillis(Object client) throws Exception {
    int own = (Integer) Erased.call(READ_TIMEOUT, client);
    return own >= 0 ? own : Math.max(0, (Integer) Erased.call(DEFAULT_READ_TIMEOUT));
  }

  static void readTimeoutMillis(Object client, int millis) throws Exception {
    Erased.call(SET_READ_TIMEOUT, client, millis);
  }

  /** Whether the library has had its one retry, or was told not to have it. */
  static boolean failedOnce(Object client) throws Exception {
    return (Boolean) Erased.call(FAILED_ONCE, client);
  }

  static void failedOnce(Object client, boolean failed) throws Exception {
    Erased.call(SET_FAILED_ONCE, client, failed);
  }

  /** Whether an answer to an expectation is passed over. */
  static boolean ignoresContinue(Object client) throws Exception {
    return (Boolean) Erased.call(IGNORES_CONTINUE, client);
  }

  static void neverPool(Object client) throws Exception {
    Erased.call(SET_DISABLE_KEEP_ALIVE, client, true);
  }

  /** The system property {@code sun.net.http.retryPost}. */
  static boolean retriesPost() throws Exception {
    return (Boolean) Erased.call(RETRIES_POST);
  }

  static boolean pooled(Object client) throws Exception {
    return (Boolean) Erased.call(IS_CACHED, client);
  }

  static void write(Object client, Object head, Object body) throws Exception {
    Erased.call(WRITE, client, head, body, false);
  }

  /**
   * @param progress what listens to it; null for nothing
   */
  static void parse(Object client, Object response, Object progress, Object connection)
      throws Exception {
    Erased.call(PARSE, client, response, progress, connection);
  }

  static void finished(Object client) throws Exception {
    Erased.call(FINISHED, client);
  }

  static void close(Object client) throws Exception {
    Erased.call(CLOSE, client);
  }

  /**
   * Closes the socket at once, under the thread that uses it. From any thread; does not wait for
   * one that is writing.
   */
  static void cut(Object client) {
    try {
      Socket socket = socket(client);
      if (socket != null) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    } catch (Exception closed) {
      // Then there is nothing to be closed.
    }
  }

  static boolean secure(Object client) {
    return SECURE_CLIENT.isInstance(client);
  }

  /** The TLS handshake, if there is to be one. */
  static void shakeHands(Object client) throws Exception {
    Erased.call(AFTER_CONNECT, client);
  }

  /** Gives a client that shook hands with nobody the session of a socket before its handshake. */
  static void sessionless(Object client) throws Exception {
    SSLSession none = SSLContext.getDefault().createSSLEngine().getSession();
    Erased.call(SET_SESSION, client, none);
  }

  static void socketFactory(Object client, SSLSocketFactory factory) throws Exception {
    Erased.call(SET_FACTORY, client, factory);
  }

  /** Null before the connection has one. */
  static Object client(Object connection) throws Exception {
    return Erased.call(CLIENT_OF_CONNECTION, connection);
  }

  static void client(Object connection, Object client) throws Exception {
    Erased.call(SET_CLIENT_OF_CONNECTION, connection, client);
  }

  /** The connection whose response has that body, as the application reads it. */
  static Object connection(Object body) throws Exception {
    return Erased.call(CONNECTION_OF_BODY, body);
  }

  /** The headers of the request as the application set them. */
  static Object requests(Object connection) throws Exception {
    return Erased.call(REQUESTS, connection);
  }

  static CookieHandler cookies(Object connection) throws Exception {
    return (CookieHandler) Erased.call(COOKIES, connection);
  }

  /** Keeps the cookies of a response as the library does when it reads one. */
  static void keepCookies(Object connection, URL url, Object response) throws Exception {
    CookieHandler handler = cookies(connection);
    if (handler != null) {
      handler.put(url.toURI(), Heads.values(response));
    }
  }

  /** Whether the body goes out as the application writes it. */
  static boolean streaming(Object connection) throws Exception {
    return (Boolean) Erased.call(STREAMING, connection);
  }

  /** A connection that no application sees, and that keeps no cookies. */
  static Object connectionAside(URL url) throws Exception {
    Object connection = Erased.call(NEW_CONNECTION, url, Proxy.NO_PROXY);
    Erased.call(SET_COOKIES, connection, null);
    return connection;
  }
}
