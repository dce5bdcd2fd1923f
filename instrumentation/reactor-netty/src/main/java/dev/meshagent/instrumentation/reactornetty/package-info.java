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
 * </pre>
 *
 * <p>Nothing blocks: waits are timers of the agent, and what goes on after one is not run on the
 * timer's thread. A response that no server sent is read by the library's own decoder from a
 * channel that is connected to nobody.
 *
 * <p>The library acquires its connection before it asks the application's function ({@code
 * send((request, outbound) -> …)}) for its request's headers: routing sees those that the client
 * was given with {@code headers(…)}, and those that Spring's clients foretell ({@link
 * dev.meshagent.instrumentation.reactornetty.Foretold}).
 */
package dev.meshagent.instrumentation.reactornetty;
