package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Hedges;
import java.net.SocketTimeoutException;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;

/**
 * The attempts of a hop that run beside the one on the application's thread, each over a connection
 * and in a context of its own.
 */
final class HopHedges extends Hedges<HopHedges.Beside> {
  private static final Continuations CONTINUATIONS = new Continuations("Apache HttpClient 4");

  private final Hop hop;

  HopHedges(Hop hop) {
    super(hop.mesh, hop.call, ApacheHttpClient4Module.NAME, CONTINUATIONS);
    this.hop = hop;
  }

  @Override
  protected Beside aside(Attempt attempt) {
    return new Beside(attempt);
  }

  /** One of them. */
  final class Beside extends Hedges.Aside {
    final Try tried;
    CloseableHttpResponse response;

    private final HttpClientContext context;
    private boolean brokenOff;

    Beside(Attempt attempt) {
      super(attempt);
      context = Mirrors.context(hop.context);
      context.setRequestConfig(
          ConnectLimit.within(context.getRequestConfig(), attempt.connectTimeoutNanos()));
      tried = new Try(hop, attempt, context, false);
    }

    @Override
    protected Outcome send() throws Exception {
      HttpRoute endpoint = EndpointRoute.to(hop.head.route, attempt);
      hop.exec.pool.use(hop.mesh, attempt, hop.head.route, endpoint);
      HttpRequestWrapper sent = Rewriting.copy(hop.head.request, hop.headers, attempt);
      tried.breakOffAfter(hop.mesh, Math.min(hop.leftOfTimeout(), attempt.timeoutNanos));
      try {
        response = hop.exec.main.execute(endpoint, sent, context, tried);
      } finally {
        brokenOff = tried.end();
      }
      if (brokenOff) {
        Hop.close(response);
        throw new SocketTimeoutException("Read timed out");
      }
      return Outcomes.response(response);
    }

    @Override
    protected Outcome failed(Exception failure) {
      return hop.outcome(brokenOff ? Failure.TIMEOUT : Outcomes.failure(failure), failure);
    }

    @Override
    protected void breakOff() {
      tried.run();
    }

    @Override
    protected void drop() {
      Hop.drop(hop.mesh, response);
    }
  }
}
