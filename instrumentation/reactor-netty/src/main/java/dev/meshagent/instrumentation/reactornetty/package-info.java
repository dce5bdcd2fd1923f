/**
 * Brings calls of Reactor Netty's HttpClient (1.0 and later) into the mesh, and so those of
 * Spring's WebClient, which stands on it.
 *
 * <p>The seam is the acquiring of a connection for one exchange, which is what a redirect or the
 * library's own retry is made of as well:
 *
 * <pre>
 *   HttpClient … response()
 *     MonoHttpConnect                 filters, redirects, hooks: untouched
 *       HttpConnectionProvider.acquire  ◀── {@link dev.meshagent.instrumentation.reactornetty.Hop}
 *         acquire(endpoint 1)             its own supplier of the address, which is part of the pool's key
 *         acquire(endpoint 2)
 *       ConnectionObserver              ◀── {@link dev.meshagent.instrumentation.reactornetty.Try}: what came of it
 *       HttpClientHandler.requestWithBody  ◀── {@link dev.meshagent.instrumentation.reactornetty.RequestCopy}: in a further attempt, what the first sent
 * </pre>
 *
 * <p>Nothing blocks: waits are timers of the agent, and what goes on after one is not run on the
 * timer's thread. A response that no server sent is read by the library's own decoder from a
 * channel that is connected to nobody.
 *
 * <p>Whether a body can be published a second time, nobody can tell by looking at its publisher
 * (the library itself publishes it again after a redirect, whatever it is). So it is asked for
 * once, and copied while it is written, up to 1 MiB, where a policy may have it sent again: by a
 * retry after it was sent, a hedge or a mirror. A longer one is sent once; a request that is still
 * being sent when its hedge is due is not hedged, and one that is answered before it is whole is
 * not mirrored.
 *
 * <p>The library acquires its connection before it asks the application's function ({@code
 * send((request, outbound) -> …)}) for its request's headers: routing sees those that the client
 * was given with {@code headers(…)}, and those that Spring's clients foretell ({@link
 * dev.meshagent.instrumentation.reactornetty.Foretold}).
 */
package dev.meshagent.instrumentation.reactornetty;
