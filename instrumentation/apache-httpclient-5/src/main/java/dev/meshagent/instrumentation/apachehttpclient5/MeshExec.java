package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;

/** Stands before the handler that connects, and takes the hops of the mesh. Thread-safe. */
final class MeshExec implements ExecChainHandler {
  /** The responses that are still being read, by the library's hold on their connection. */
  static final Deliveries DELIVERIES = new Deliveries();

  private static final String CONNECT = "org.apache.hc.client5.http.impl.classic.ConnectExec";

  private final ExecChainHandler connect;

  /** Known once the first call of the client came by. */
  private volatile EndpointPool pool;

  private MeshExec(ExecChainHandler connect) {
    this.connect = connect;
  }

  /** Null for a handler that is to stay as it is. */
  static Object around(Object handler) {
    return handler.getClass().getName().equals(CONNECT)
        ? new MeshExec((ExecChainHandler) handler)
        : null;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    ClassicHop hop = open(request, scope, chain);
    return hop == null ? connect.execute(request, scope, chain) : hop.answer();
  }

  /** Null to leave the hop alone; an error of the agent's never reaches the application. */
  private ClassicHop open(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) {
    Mesh mesh = Mesh.get();
    if (mesh == null) {
      return null;
    }
    try {
      MeshMark.set(scope.clientContext, false);
      if (!RequestView.eligible(request, scope.route)) {
        return null;
      }
      HttpEntity entity = request.getEntity();
      RequestView head =
          new RequestView(request, scope.route, entity == null || entity.isRepeatable());
      MeshCall call = mesh.open(ApacheHttpClient5Module.NAME, head);
      if (call == null) {
        return null;
      }
      if (pool == null) {
        pool = EndpointPool.of(scope.execRuntime);
      }
      return new ClassicHop(mesh, call, connect, pool, request, scope, chain, head);
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient5Module.NAME, e);
      return null;
    }
  }
}
