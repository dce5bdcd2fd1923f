/**
 * Tells the mesh the headers of requests that Spring sends over Reactor Netty. Spring writes them
 * once there is a connection, which is after the mesh has routed; here they are put into the
 * Reactor context of the exchange, where the adapter finds them:
 *
 * <pre>
 *   WebClient … exchange
 *     ExchangeFunctions.DefaultExchangeFunction   ◀── the ClientRequest, filters done
 *   RestClient … execute
 *     ReactorClientHttpRequest                    ◀── its client, then its headers
 * </pre>
 *
 * <p>What Spring finds out when it writes the body (Content-Type where the application gave none,
 * Content-Length) is not known by then.
 */
package dev.meshagent.instrumentation.reactornetty.spring;
