package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.drive.Copies;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * A classic attempt's copies, each in a context of its own. Only requests whose bodies can be sent
 * again are copied.
 */
final class ClassicMirrors {
  private static final Copies COPIES = new Copies("Apache HttpClient 5");

  private ClassicMirrors() {}

  static void send(ClassicHop hop, Attempt attempt) {
    COPIES.send(hop.mesh, hop.call, attempt, mirror -> new Copy(hop, mirror));
  }

  private static final class Copy extends Copies.Copy {
    private final ClassicHop hop;
    private final ClassicHttpRequest request;
    private final ExecRuntime runtime;
    private final HttpClientContext context;
    private final ClassicTry tried;
    private ClassicHttpResponse response;

    Copy(ClassicHop hop, Attempt mirror) {
      super(mirror);
      this.hop = hop;
      this.request = Rewriting.classic(hop.request, hop.headers, mirror);
      this.runtime = hop.scope.execRuntime.fork(null);
      this.context = SideContext.ofCopy(hop.scope.clientContext);
      context.setRequestConfig(
          ConnectLimit.within(context.getRequestConfig(), connectLimitNanos()));
      this.tried = new ClassicTry(hop, mirror, runtime);
    }

    @Override
    protected Outcome send() throws Exception {
      boolean answered = false;
      try {
        ExecChain.Scope to =
            new ExecChain.Scope(
                hop.scope.exchangeId,
                EndpointRoute.to(hop.scope.route, attempt),
                request,
                runtime,
                context);
        response = hop.connect.execute(request, to, tried);
        answered = true;
        return Outcomes.response(response);
      } finally {
        if (!answered) {
          giveUp();
        }
      }
    }

    @Override
    protected void readToEnd() throws Exception {
      try {
        EntityUtils.consume(response.getEntity());
        if (!tried.isBrokenOff()) {
          runtime.releaseEndpoint();
        }
      } finally {
        giveUp();
      }
    }

    /** Gives the connection up, if it was not given back. */
    private void giveUp() {
      tried.end();
      runtime.discardEndpoint();
    }

    @Override
    protected void breakOff() {
      tried.run();
    }
  }
}
