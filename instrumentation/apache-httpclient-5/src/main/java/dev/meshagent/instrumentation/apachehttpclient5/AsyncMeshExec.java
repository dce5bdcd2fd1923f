package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/** Stands before the handler that connects, and takes the hops of the mesh. Thread-safe. */
final class AsyncMeshExec implements AsyncExecChainHandler {
  private static final String CONNECT = "org.apache.hc.client5.http.impl.async.AsyncConnectExec";

  private final AsyncExecChainHandler connect;

  /** Known once the first call of the client came by. */
  private volatile EndpointPool pool;

  private AsyncMeshExec(AsyncExecChainHandler connect) {
    this.connect = connect;
  }

  /** Null for a handler that is to stay as it is. */
  static Object around(Object handler) {
    return handler.getClass().getName().equals(CONNECT)
        ? new AsyncMeshExec((AsyncExecChainHandler) handler)
        : null;
  }

  @Override
  public void execute(
      HttpRequest request,
      AsyncEntityProducer producer,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    if (!begun(request, producer, scope, chain, callback)) {
      connect.execute(request, producer, scope, chain, callback);
    }
  }

  /** False to leave the hop alone; an error of the agent's never reaches the application. */
  private boolean begun(
      HttpRequest request,
      AsyncEntityProducer producer,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback) {
    Mesh mesh = Mesh.get();
    if (mesh == null) {
      return false;
    }
    Step first;
    AsyncHop hop;
    try {
      MeshMark.set(scope.clientContext, false);
      if (!RequestView.eligible(request, scope.route)) {
        return false;
      }
      AsyncRequest head = new AsyncRequest(request, producer, scope);
      MeshCall call = mesh.open(ApacheHttpClient5AsyncModule.NAME, head);
      if (call == null) {
        return false;
      }
      first = call.next();
      if (first.kind == Step.Kind.PASS) {
        return false;
      }
      if (pool == null) {
        pool = EndpointPool.of(scope.execRuntime);
      }
      hop = new AsyncHop(mesh, call, connect, pool, head, scope, chain, callback);
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient5AsyncModule.NAME, e);
      return false;
    }
    hop.start(first);
    return true;
  }
}
