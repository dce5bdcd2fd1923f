/**
 * Brings calls of OkHttp (3.12 and later) into the mesh.
 *
 * <pre>
 *   RealCall.getResponseWithInterceptorChain      ◀── Passages: a passage of the mesh begins and ends
 *     OkHttpClient.interceptors()                 ◀── one more interceptor, the innermost, for this call alone
 *       MeshInterceptor ── Hop                        asks the engine, proceeds once for each attempt
 *         RetryAndFollowUpInterceptor
 *           Address.&lt;init&gt;                       ◀── the endpoint as its Dns: splits the pool by endpoint;
 *                                                     the sockets, to break an attempt off
 *           Route.&lt;init&gt;                         ◀── the endpoint's port
 *           recover                               ◀── an attempt that was broken off is not sent again
 *           followUpRequest                       ◀── a redirect to another host becomes a hop of its own
 *         RealInterceptorChain.connectTimeoutMillis ◀── the attempt's limit for connecting
 *         CallServerInterceptor                 ◀── the exchange, to break an attempt off
 *           ExchangeCodec.writeRequestHeaders ◀── Rewriting: the request as the policy changes it, on the wire alone
 *           ExchangeCodec.openResponseBodySource ◀── BodySource: the end of the response's body
 * RealCall.cancel                               ◀── TakenOver: reaches a hedge that answers the call
 *   ConnectionPool's cleanup                      ◀── IdleConnections: idle connections are counted by endpoint
 * </pre>
 *
 * <p>The interceptor is handed to one call while that builds its chain and is in no list that the
 * application can see. It runs on the thread of the call, and so do the methods above, so that the
 * thread tells to which call they belong.
 *
 * <p>OkHttp lets a call have one exchange at a time, so hedges and copies are calls of their own
 * ({@link dev.meshagent.instrumentation.okhttp.HopHedges}, {@link
 * dev.meshagent.instrumentation.okhttp.Mirrors}). A call that opens a WebSocket is left whole: it
 * is not hedged, and an attempt's limit holds for its connecting and each read.
 *
 * <p>A redirect that stays on its host is left to the library, which stays on the connection,
 * unless the request was rewritten. One that was, and one that enters, leaves or crosses the mesh,
 * is stopped at its name lookup ({@link dev.meshagent.instrumentation.okhttp.HandOver}) and sent as
 * a new hop.
 */
package dev.meshagent.instrumentation.okhttp;
