package dev.meshagent.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request that the policy rewrites is so on the wire alone. */
class RewrittenTest {
  private static final String WRITTEN = "http://orders/outer?q=1";

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter = new AdapterExtension(mesh, new OkHttpModule());

  private final TestServers servers = new TestServers();

  /** What the servers got: the path with its query, the host and the mesh's header. */
  private final List<String> got = new CopyOnWriteArrayList<>();

  /** The URLs that the application was shown on the way, where a call is hedged by two threads. */
  private final List<String> shown = new CopyOnWriteArrayList<>();

  private ScriptedAttempt attempt;
  private OkHttpClient client;

  @BeforeEach
  void rewrite() throws IOException {
    attempt =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  got.add(
                      exchange.getRequestURI()
                          + " "
                          + exchange.getRequestHeaders().getFirst("Host")
                          + " "
                          + exchange.getRequestHeaders().getFirst("x-mesh"));
                  boolean known = exchange.getRequestHeaders().containsKey("Authorization");
                  exchange.getResponseHeaders().set("Set-Cookie", "a=b");
                  TestServers.answer(exchange, known ? 200 : 401, "");
                }));
    attempt.pathAndQuery = "/inner?q=1";
    attempt.authority = "other.example";
    attempt.requestHeaders = new HeaderOps(Map.of("x-mesh", "set"), Map.of(), List.of());
    mesh.script("orders", head -> new Call(head).then(attempt));
    client =
        new OkHttpClient.Builder()
            .authenticator(
                (route, response) -> {
                  shown.add(response.request().url().toString());
                  return response.request().newBuilder().header("Authorization", "me").build();
                })
            .cookieJar(
                new CookieJar() {
                  @Override
                  public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
                    shown.add(url.toString());
                  }

                  @Override
                  public List<Cookie> loadForRequest(HttpUrl url) {
                    shown.add(url.toString());
                    return Collections.emptyList();
                  }
                })
            .addNetworkInterceptor(
                chain -> {
                  shown.add(chain.request().url().toString());
                  Response response = chain.proceed(chain.request());
                  shown.add(response.request().url().toString());
                  assertThat(response.request().header("x-mesh")).isNull();
                  return response;
                })
            .build();
  }

  @AfterEach
  void stop() {
    servers.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  @Test
  void whatTheApplicationIsShownIsAsWrittenAndEveryRoundIsRewritten() throws IOException {
    isAsWritten();
    assertThat(got).containsOnly("/inner?q=1 other.example set").hasSize(2);
  }

  @Test
  void soItIsOfAHedge() throws IOException {
    ScriptedAttempt silent = ScriptedMesh.attempt(servers.silent());
    silent.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    mesh.script("orders", head -> new Call(head).then(silent).then(attempt));
    isAsWritten();
    assertThat(got).containsOnly("/inner?q=1 other.example set").hasSize(2);
  }

  private void isAsWritten() throws IOException {
    Request request = new Request.Builder().url(WRITTEN).build();
    try (Response response = client.newCall(request).execute()) {
      assertThat(response.code()).isEqualTo(200);
      assertThat(response.request().url().toString()).isEqualTo(WRITTEN);
      assertThat(response.priorResponse().request().url().toString()).isEqualTo(WRITTEN);
      assertThat(response.networkResponse().request().url().toString()).isEqualTo(WRITTEN);
    }
    assertThat(shown).containsOnly(WRITTEN);
  }

  @Test
  void whatANetworkInterceptorAddsToTheQueryStays() throws IOException {
    OkHttpClient adding =
        client
            .newBuilder()
            .addNetworkInterceptor(
                chain -> {
                  Request request = chain.request();
                  HttpUrl more = request.url().newBuilder().addQueryParameter("r", "2").build();
                  return chain.proceed(request.newBuilder().url(more).build());
                })
            .build();
    adding.newCall(new Request.Builder().url(WRITTEN).build()).execute().close();
    assertThat(got).first().isEqualTo("/inner?q=1&r=2 other.example set");
  }
}
