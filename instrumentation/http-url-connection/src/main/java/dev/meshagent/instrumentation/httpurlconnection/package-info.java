/**
 * Brings calls of the JDK's {@code HttpURLConnection} (JDK 8 and later, http and https) into the
 * mesh, and so those of what stands on it: Spring's RestTemplate and OpenFeign by their defaults.
 *
 * <p>One request and its one response, which is what a redirect or an authentication round is made
 * of as well, is a {@link dev.meshagent.instrumentation.httpurlconnection.Hop}. It lives between
 * two points of the library, both on the application's thread, which may be held there:
 *
 * <pre>
 *   HttpURLConnection.connect
 *     HttpClient.New, HttpsClient.New    ◀── Dial: pick an endpoint, connect, perhaps another
 *       KeepAliveCache.get                 ◀── which pooled connection: the endpoint's
 *       NetworkClient.doConnect            ◀── where to connect: the endpoint
 *     HttpsClient.afterConnect           ◀── Dial: the TLS handshake, under the name as written
 *   HttpClient.writeRequests             ◀── the head as the attempt says, mirrors
 *   HttpClient.parseHTTP                 ◀── Receive: judge the response, perhaps send again, hedges
 *   HttpClient.finished, closeServer     ◀── when nothing of the attempt is in flight any more
 * </pre>
 *
 * <p>Advice cannot throw, so an exception that the application shall see is put where the library
 * runs into it: into the socket that it is about to use. A response that no server sent is what the
 * library reads from such a socket. The library's internals are reached by method handles, looked
 * up once; if one is missing, every call is left alone.
 */
package dev.meshagent.instrumentation.httpurlconnection;
