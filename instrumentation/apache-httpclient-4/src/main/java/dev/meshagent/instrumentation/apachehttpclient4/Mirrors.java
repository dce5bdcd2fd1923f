package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.drive.Copies;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.protocol.HttpCoreContext;
import org.apache.http.util.EntityUtils;

/**
 * An attempt's copies, each in a context of its own. Only requests whose bodies can be sent again
 * are copied.
 */
final class Mirrors {
  private static final Copies COPIES = new Copies("Apache HttpClient 4");

  private Mirrors() {}

  static void send(Hop hop, Attempt attempt) {
    COPIES.send(hop.mesh, hop.call, attempt, mirror -> new Copy(hop, mirror));
  }

  /** A context for what is sent aside: the call's settings, and nothing of its exchange. */
  static HttpClientContext context(HttpClientContext context) {
    HttpClientContext aside = HttpClientContext.create();
    aside.setRequestConfig(context.getRequestConfig());
    aside.setAttribute(HttpCoreContext.HTTP_TARGET_HOST, context.getTargetHost());
    return aside;
  }

  private static final class Copy extends Copies.Copy {
    private final Hop hop;
    private final HttpRequestWrapper request;
    private final HttpClientContext context;
    private final Try tried;
    private CloseableHttpResponse response;

    Copy(Hop hop, Attempt mirror) {
      super(mirror);
      this.hop = hop;
      this.request = Rewriting.copy(hop.head.request, hop.headers, mirror);
      this.context = context(hop.context);
      context.setRequestConfig(
          ConnectLimit.within(context.getRequestConfig(), connectLimitNanos()));
      this.tried = new Try(hop, mirror, context, false);
    }

    @Override
    protected Outcome send() throws Exception {
      response =
          hop.exec.main.execute(EndpointRoute.to(hop.head.route, attempt), request, context, tried);
      return Outcomes.response(response);
    }

    @Override
    protected void readToEnd() throws Exception {
      try {
        EntityUtils.consume(response.getEntity());
      } finally {
        response.close();
      }
    }

    @Override
    protected void breakOff() {
      tried.run();
    }
  }
}
