package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Okio;

/**
 * Sends an attempt's copies aside, each on a thread of the agent's, and throws their answers away.
 * They share the pool of the application's client and nothing else of it: neither its interceptors,
 * cookies, cache and listeners nor its redirects hear of them.
 */
final class Copies {
  private static final Continuations CONTINUATIONS = new Continuations("OkHttp");

  private Copies() {}

  /**
   * @param request as the application wrote it
   */
  static void send(OkHttpClient client, Request request, Attempt attempt, MeshCall call) {
    for (Attempt copy : attempt.mirrors()) {
      CONTINUATIONS.run(() -> send(client, Rewriting.request(request, copy), copy, call, request));
    }
  }

  private static void send(
      OkHttpClient client, Request sent, Attempt copy, MeshCall call, Request written) {
    try {
      Object passage = Passages.aside(EndpointDns.of(written.url().host(), copy), sent);
      try (Response response = unheard(client, copy).newCall(sent).execute()) {
        call.finish(copy, Outcomes.response(response));
        response.body().source().readAll(Okio.blackhole());
      } catch (IOException e) {
        call.finish(copy, Outcome.failure(Failure.OTHER, e));
      } finally {
        Passages.end(passage);
      }
    } catch (Throwable e) {
      Mesh.get().agentError(OkHttpModule.NAME, e);
    } finally {
      call.release(copy);
    }
  }

  private static OkHttpClient unheard(OkHttpClient client, Attempt copy) {
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
    if (copy.timeoutNanos != Long.MAX_VALUE) {
      builder.callTimeout(
          Math.max(1, TimeUnit.NANOSECONDS.toMillis(copy.timeoutNanos)), TimeUnit.MILLISECONDS);
    }
    return builder.build();
  }
}
