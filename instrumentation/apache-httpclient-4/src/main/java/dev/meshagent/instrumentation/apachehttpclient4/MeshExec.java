package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Deliveries;
import java.io.IOException;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpException;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;

/** Stands before the link that connects, and takes the hops of the mesh. Thread-safe. */
final class MeshExec implements ClientExecChain {
  /** The responses that are still being read, by the library's hold on their connection. */
  static final Deliveries DELIVERIES = new Deliveries();

  final ClientExecChain main;
  final EndpointPool pool;

  private MeshExec(ClientExecChain main) {
    this.main = main;
    this.pool = EndpointPool.of(main);
  }

  /** Null for a link that is one of these. */
  static Object around(Object main) {
    return main instanceof MeshExec ? null : new MeshExec((ClientExecChain) main);
  }

  @Override
  public CloseableHttpResponse execute(
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      HttpExecutionAware aware)
      throws IOException, HttpException {
    Hop hop = open(route, request, context, aware);
    return hop == null ? main.execute(route, request, context, aware) : hop.answer();
  }

  /** Null to leave the hop alone; an error of the agent's never reaches the application. */
  private Hop open(
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      HttpExecutionAware aware) {
    Mesh mesh = Mesh.get();
    if (mesh == null) {
      return null;
    }
    try {
      MeshMark.set(context, false);
      if (!RequestView.eligible(request, route)) {
        return null;
      }
      RequestView head = new RequestView(request, route, repeatable(request));
      MeshCall call = mesh.open(ApacheHttpClient4Module.NAME, head);
      return call == null ? null : new Hop(mesh, call, this, head, context, aware);
    } catch (Throwable e) {
      mesh.agentError(ApacheHttpClient4Module.NAME, e);
      return null;
    }
  }

  private static boolean repeatable(HttpRequestWrapper request) {
    HttpEntity entity =
        request instanceof HttpEntityEnclosingRequest
            ? ((HttpEntityEnclosingRequest) request).getEntity()
            : null;
    return entity == null || entity.isRepeatable();
  }
}
