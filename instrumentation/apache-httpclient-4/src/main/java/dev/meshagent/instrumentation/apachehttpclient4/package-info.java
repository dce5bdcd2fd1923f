/**
 * Brings calls of Apache HttpClient 4.3 to 4.5, classic, into the mesh.
 *
 * <p>The seam is the library's chain of handlers: the link that connects and exchanges is wrapped
 * when a client's chain is put together. Inside the wrapper each request of a redirect is driven
 * through the engine's steps; an authentication round stays on the connection that asked for it.
 * Each attempt runs the library's link under a route whose host carries the endpoint's address and
 * port beside the name that the application wrote:
 *
 * <pre>
 *   RedirectExec, RetryExec, ProtocolExec    untouched; but no retries above the mesh's
 *     MeshExec         &#9664;&#9472;&#9472; {@link dev.meshagent.instrumentation.apachehttpclient4.Hop}
 *       MainClientExec     connects to the route's address, under the name as written
 * </pre>
 *
 * <p>Two kinds of clients have no such chain: they lease a connection before they look at their
 * request. To a host of the mesh they get one that remembers the request, and has it sent through
 * the same wrapper when they read the response:
 *
 * <pre>
 *   HttpClients.createMinimal()
 *     MinimalClientExec       &#9664;&#9472;&#9472; {@link dev.meshagent.instrumentation.apachehttpclient4.MinimalManager}
 *       MeshExec                       another MinimalClientExec behind it
 *   DefaultHttpClient, deprecated, and what stands on it
 *     DefaultRequestDirector  &#9664;&#9472;&#9472; {@link dev.meshagent.instrumentation.apachehttpclient4.DirectedManager}
 *       MeshExec                       {@link dev.meshagent.instrumentation.apachehttpclient4.DirectExec} behind it
 *         resolveHostname     &#9664;&#9472;&#9472; {@link dev.meshagent.instrumentation.apachehttpclient4.Pins}
 * </pre>
 */
package dev.meshagent.instrumentation.apachehttpclient4;
