/**
 * Brings calls of {@code java.net.http.HttpClient} (JDK 11 and later) into the mesh.
 *
 * <p>The seam is the client's internal exchange: one request and its one response, which is what a
 * redirect, an authentication round or a WebSocket handshake is made of as well. {@link
 * dev.meshagent.instrumentation.jdkhttpclient.Hop} drives one such exchange through the engine's
 * steps. All that the application sees (futures, timeouts, cookies, body handlers, exceptions)
 * stays the JDK's own, because nothing above the exchange is touched:
 *
 * <pre>
 *   HttpClientImpl.sendAsync
 *     MultiExchange            filters, redirects, the request's timer, cancellation: untouched
 *       Exchange.responseAsync    ◀── Hop: pick an endpoint, send, judge, perhaps again
 *         HttpRequestImpl.getAddress  ◀── where to connect: the endpoint, under the name as written
 *         Http2Connection.keyFor      ◀── which pooled connection: the endpoint's
 *       Exchange.readBodyAsync    ◀── when nothing of the attempt is in flight any more
 * </pre>
 *
 * <p>What runs beside the application's exchange, a copy sent aside or a hedge, is a call of the
 * same client with a copy of the request ({@link
 * dev.meshagent.instrumentation.jdkhttpclient.Companion}). Its response never gets past its
 * exchange: a mirror's is dropped, and a hedge that wins lends its exchange to the application's
 * call. A policy's idle timeout is not obeyed: the client has one for all connections of a process,
 * which is a system property. A WebSocket's handshake that the mesh answers itself fails with that
 * answer, even if it is a redirect which the client would follow.
 *
 * <p>The library's internals are reached by method handles, looked up once; if one is missing,
 * every call is left alone.
 */
package dev.meshagent.instrumentation.jdkhttpclient;
