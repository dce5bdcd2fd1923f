package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.Continuations;
import dev.meshagent.spi.drive.Hedges;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The attempts of a hop that run beside the one on the call's thread. OkHttp lets a call have one
 * exchange at a time, so each is a call of its own, below the application's interceptors and
 * unknown to its event listener, with everything else of its client.
 */
final class HopHedges extends Hedges<HopHedges.Beside> {
  private static final Continuations CONTINUATIONS = new Continuations("OkHttp");

  private final Hop hop;

  HopHedges(Hop hop) {
    super(hop.mesh, hop.call, OkHttpModule.NAME, CONTINUATIONS);
    this.hop = hop;
  }

  @Override
  protected Beside aside(Attempt attempt) {
    return new Beside(attempt);
  }

  /** One of them. */
  final class Beside extends Hedges.Aside {
    Call call;
    Response response;

    private final Rewriting rewriting;
    private final Try tried = new Try();
    private boolean brokenOff;

    Beside(Attempt attempt) {
      super(attempt);
      rewriting = Rewriting.of(hop.request(), attempt);
    }

    @Override
    protected Outcome send() throws IOException {
      Request request = hop.request();
      call = client().newCall(request);
      tried.sends(call);
      tried.breakOffAfter(hop.mesh, Math.min(hop.leftOfTimeout(), attempt.timeoutNanos));
      Object passage =
          Passages.aside(EndpointDns.of(request.url().host(), attempt), request, rewriting);
      try {
        response = call.execute();
      } finally {
        Passages.end(passage);
        brokenOff = tried.end();
      }
      if (brokenOff) {
        response.close();
        throw new SocketTimeoutException("timeout");
      }
      return Outcomes.response(response);
    }

    /** A redirect is for the hop to follow, if it is the answer. */
    private OkHttpClient client() {
      OkHttpClient.Builder builder =
          hop.client()
              .newBuilder()
              .followRedirects(false)
              .eventListener(EventListener.NONE)
              .readTimeout(hop.chain.readTimeoutMillis(), TimeUnit.MILLISECONDS)
              .writeTimeout(hop.chain.writeTimeoutMillis(), TimeUnit.MILLISECONDS)
              .callTimeout(hop.leftOfCallMillis(), TimeUnit.MILLISECONDS);
      int connect = hop.chain.connectTimeoutMillis();
      builder.connectTimeout(
          Hop.isShorter(attempt.connectTimeoutNanos(), connect)
              ? Hop.millis(attempt.connectTimeoutNanos())
              : connect,
          TimeUnit.MILLISECONDS);
      builder.interceptors().clear();
      return builder.build();
    }

    @Override
    protected Outcome failed(Exception failure) {
      Failure kind = brokenOff ? Failure.TIMEOUT : Outcomes.failure(failure);
      return hop.outcome(kind, failure);
    }

    @Override
    protected void breakOff() {
      tried.run();
    }

    @Override
    protected void drop() {
      response.close();
    }
  }
}
