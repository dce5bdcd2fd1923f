package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Hedges;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * The attempts of a hop that run beside the one on the application's thread, each over a connection
 * and in a context of its own.
 */
final class ClassicHedges extends Hedges<ClassicHedges.Beside> {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 5");

  private final ClassicHop hop;

  ClassicHedges(ClassicHop hop) {
    super(hop.mesh, hop.call, ApacheHttpClient5Module.NAME, CONTINUATIONS);
    this.hop = hop;
  }

  @Override
  protected Beside aside(Attempt attempt) {
    return new Beside(attempt);
  }

  /** One of them. */
  final class Beside extends Hedges.Aside {
    final ExecRuntime runtime = hop.scope.execRuntime.fork(null);
    ClassicHttpResponse response;

    final ClassicTry tried = new ClassicTry(hop, attempt, runtime);
    private boolean brokenOff;

    Beside(Attempt attempt) {
      super(attempt);
    }

    @Override
    protected Outcome send() throws Exception {
      HttpRoute endpoint = EndpointRoute.to(hop.scope.route, attempt);
      hop.pool.use(hop.mesh, attempt, hop.scope.route, endpoint);
      HttpClientContext context = SideContext.ofHedge(hop.scope.clientContext);
      context.setRequestConfig(
          ConnectLimit.within(context.getRequestConfig(), attempt.connectTimeoutNanos()));
      ClassicHttpRequest sent = Rewriting.classic(hop.request, hop.headers, attempt);
      tried.breakOffAfter(hop.mesh, Math.min(hop.leftOfTimeout(), attempt.timeoutNanos));
      try {
        response =
            hop.connect.execute(
                sent,
                new ExecChain.Scope(hop.scope.exchangeId, endpoint, sent, runtime, context),
                tried);
      } finally {
        brokenOff = tried.end();
      }
      if (brokenOff) {
        throw new SocketTimeoutException("Read timed out");
      }
      return Outcomes.response(response);
    }

    @Override
    protected Outcome failed(Exception failure) {
      runtime.discardEndpoint();
      return hop.outcome(
          brokenOff ? Failure.TIMEOUT : Outcomes.failure(failure, tried.connected), failure);
    }

    @Override
    protected void breakOff() {
      tried.run();
    }

    @Override
    protected void drop() {
      ClassicHop.drop(hop.mesh, response, runtime);
    }
  }
}
