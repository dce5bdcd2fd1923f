package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/**
 * The two stages of one exchange, until it is connected and from then on: the rest of the chain as
 * the library is given it, and what to cancel. Thread-safe.
 */
final class AsyncStages implements AsyncExecChain {
  /** HTTP/2 streams share a connection, which must outlive one of them. */
  private static final String SHARED =
      "org.apache.hc.client5.http.impl.async.InternalH2AsyncExecRuntime";

  /** To cancel while there is no connection; for the scope that the exchange begins with. */
  final AsyncCancellation connecting = new AsyncCancellation();

  private final AsyncCancellation exchanging = new AsyncCancellation();
  private final AsyncExecRuntime runtime;
  private final AsyncExecChain chain;
  private volatile boolean connected;

  AsyncStages(AsyncExecRuntime runtime, AsyncExecChain chain) {
    this.runtime = runtime;
    this.chain = chain;
  }

  /** Whether the rest of the chain, which sends, was reached. */
  boolean connected() {
    return connected;
  }

  /** Whether the connection is one that other exchanges use, too. */
  boolean shared() {
    return runtime.getClass().getName().equals(SHARED);
  }

  @Override
  public void proceed(
      HttpRequest request, AsyncEntityProducer producer, Scope scope, AsyncExecCallback callback)
      throws HttpException, IOException {
    connected = true;
    chain.proceed(
        request,
        producer,
        new Scope(
            scope.exchangeId,
            scope.route,
            scope.originalRequest,
            exchanging,
            scope.clientContext,
            scope.execRuntime),
        callback);
  }

  /** Whatever is under way ends; the library tells when. */
  void cancel() {
    connecting.cancel();
    exchanging.cancel();
  }

  /** Ends it at once: its stream, or its connection. */
  void leave() {
    cancel();
    if (shared()) {
      runtime.releaseEndpoint();
    } else {
      runtime.discardEndpoint();
    }
  }
}
