package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import org.apache.http.Header;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.protocol.HttpCoreContext;
import org.apache.http.util.EntityUtils;

/**
 * Sends an attempt's copies aside, each on a thread of the agent's and in a context of its own, and
 * throws their answers away. Only requests whose bodies can be sent again are copied.
 */
final class Mirrors {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 4");

  private Mirrors() {}

  static void send(
      Mesh mesh,
      MeshCall call,
      Attempt attempt,
      ClientExecChain main,
      HttpRoute route,
      HttpRequestWrapper request,
      Header[] headers,
      HttpClientContext context) {
    for (Attempt mirror : attempt.mirrors()) {
      HttpRequestWrapper copy = Rewriting.copy(request, headers, mirror);
      HttpClientContext own = context(context);
      CONTINUATIONS.run(
          () -> {
            try (CloseableHttpResponse response =
                main.execute(EndpointRoute.to(route, mirror), copy, own, null)) {
              call.finish(mirror, Outcomes.response(response));
              EntityUtils.consume(response.getEntity());
            } catch (Exception e) {
              call.finish(mirror, Outcome.failure(Failure.OTHER, e));
            } catch (Throwable e) {
              mesh.agentError(ApacheHttpClient4Module.NAME, e);
            } finally {
              call.release(mirror);
            }
          });
    }
  }

  /** A context for what is sent aside: the call's settings, and nothing of its exchange. */
  static HttpClientContext context(HttpClientContext context) {
    HttpClientContext aside = HttpClientContext.create();
    aside.setRequestConfig(context.getRequestConfig());
    aside.setAttribute(HttpCoreContext.HTTP_TARGET_HOST, context.getTargetHost());
    return aside;
  }
}
