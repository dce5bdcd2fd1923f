package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Okio;

/**
 * An attempt's copies, each a call of its own. They share the pool of the application's client and
 * nothing else of it: neither its interceptors, cookies, cache and listeners nor its redirects hear
 * of them.
 */
final class Mirrors {
  private static final Copies COPIES = new Copies("OkHttp");

  private Mirrors() {}

  /**
   * @param request as the application wrote it
   */
  static void send(OkHttpClient client, Request request, Attempt attempt, MeshCall call) {
    COPIES.send(Mesh.get(), call, attempt, mirror -> new Copy(client, request, mirror));
  }

  private static final class Copy extends Copies.Copy {
    private final OkHttpClient client;
    private final Request written;
    private volatile boolean brokenOff;
    private volatile Call call;
    private Response response;

    Copy(OkHttpClient client, Request written, Attempt mirror) {
      super(mirror);
      this.client = client;
      this.written = written;
    }

    private OkHttpClient unheard() {
      OkHttpClient.Builder builder =
          client
              .newBuilder()
              .cookieJar(CookieJar.NO_COOKIES)
              .authenticator(Authenticator.NONE)
              .cache(null)
              .eventListener(EventListener.NONE)
              .followRedirects(false)
              .retryOnConnectionFailure(false);
      builder.interceptors().clear();
      builder.networkInterceptors().clear();
      if (Hop.isShorter(connectLimitNanos(), client.connectTimeoutMillis())) {
        builder.connectTimeout(Hop.millis(connectLimitNanos()), TimeUnit.MILLISECONDS);
      }
      return builder.build();
    }

    @Override
    protected Outcome send() throws IOException {
      Rewriting rewriting = Rewriting.of(written, attempt);
      Call own = unheard().newCall(written);
      call = own;
      if (brokenOff) {
        own.cancel();
      }
      Object passage =
          Passages.aside(EndpointDns.of(written.url().host(), attempt), written, rewriting);
      try {
        response = own.execute();
      } finally {
        Passages.end(passage);
      }
      return Outcomes.response(response);
    }

    @Override
    protected void readToEnd() throws IOException {
      try {
        response.body().source().readAll(Okio.blackhole());
      } finally {
        response.close();
      }
    }

    @Override
    protected void breakOff() {
      brokenOff = true;
      Call own = call;
      if (own != null) {
        own.cancel();
      }
    }
  }
}
