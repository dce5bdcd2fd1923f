package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Sends an attempt's copies aside, each on a thread of the agent's and in a context of its own, and
 * throws their answers away. Only requests whose bodies can be sent again are copied.
 */
final class ClassicMirrors {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 5");

  private ClassicMirrors() {}

  static void send(
      Mesh mesh,
      MeshCall call,
      Attempt attempt,
      ExecChainHandler connect,
      ClassicHttpRequest request,
      Header[] headers,
      ExecChain.Scope scope,
      ExecChain chain) {
    for (Attempt mirror : attempt.mirrors()) {
      ClassicHttpRequest copy = Rewriting.classic(request, headers, mirror);
      ExecRuntime runtime = scope.execRuntime.fork(null);
      HttpClientContext context = SideContext.ofCopy(scope.clientContext);
      CONTINUATIONS.run(
          () -> {
            try {
              ExecChain.Scope to =
                  new ExecChain.Scope(
                      scope.exchangeId,
                      EndpointRoute.to(scope.route, mirror),
                      copy,
                      runtime,
                      context);
              ClassicHttpResponse response = connect.execute(copy, to, chain);
              call.finish(mirror, Outcomes.response(response));
              EntityUtils.consume(response.getEntity());
              runtime.releaseEndpoint();
            } catch (Exception e) {
              runtime.discardEndpoint();
              call.finish(mirror, Outcome.failure(Failure.OTHER, e));
            } catch (Throwable e) {
              mesh.agentError(ApacheHttpClient5Module.NAME, e);
            } finally {
              call.release(mirror);
            }
          });
    }
  }
}
