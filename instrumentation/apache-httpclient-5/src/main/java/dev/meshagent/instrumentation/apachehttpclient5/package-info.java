/**
 * Brings calls of Apache HttpClient 5.0 to 5.6 into the mesh, classic and asynchronous, HTTP/1.1
 * and HTTP/2.
 *
 * <p>The seam is the library's own chain of handlers. Its connecting handler is wrapped when a
 * client's chain is put together; inside the wrapper one request and its one response, which is
 * what a redirect or an authentication round is made of as well, is driven through the engine's
 * steps. Each attempt runs the library's handler under a route that names the endpoint:
 *
 * <pre>
 *   RedirectExec, HttpRequestRetryExec, ProtocolExec    untouched; but no retries above the mesh's
 *     MeshExec       &#9664;&#9472;&#9472; {@link dev.meshagent.instrumentation.apachehttpclient5.ClassicHop}:
 *                        pick an endpoint, send, judge, perhaps again
 *       ConnectExec      connects to the route's address, under the name as written
 *         MainClientExec    interceptors, the exchange itself
 * </pre>
 *
 * <p>A route's host carries the endpoint's address and port beside the name that the application
 * wrote: the address is part of the pool's key, the name is what SNI and the name check use, and
 * Host comes from the request, which is left alone.
 *
 * <p>{@code HttpClients.createMinimal()} makes a client without a chain; its calls to hosts of the
 * mesh are sent by one that has a chain, over the same connections ({@link
 * dev.meshagent.instrumentation.apachehttpclient5.MinimalConnections}).
 */
package dev.meshagent.instrumentation.apachehttpclient5;
