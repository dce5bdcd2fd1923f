package dev.meshagent.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import dev.meshagent.scripted.Weaving;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OkHttp with its advice, against an engine whose answers are written beforehand. */
class HopTest extends BlockingBehaviours {
  private final OkHttpClient client = new OkHttpClient();

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new OkHttpModule());
  }

  @AfterEach
  void noCallIsUnderWay() {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
    assertThat(client.interceptors()).isEmpty();
  }

  @Override
  protected Answer send(String method, String uri, String body) throws IOException {
    RequestBody written =
        body == null ? null : RequestBody.create(MediaType.parse("text/plain"), body);
    Request request = new Request.Builder().url(uri).method(method, written).build();
    OkHttpClient patient =
        timeoutMillis == 0
            ? client
            : client.newBuilder().readTimeout(timeoutMillis, TimeUnit.MILLISECONDS).build();
    try (Response response = patient.newCall(request).execute()) {
      Answer answer = new Answer(response.code(), response.body().string());
      for (String name : response.headers().names()) {
        answer.header(name, response.header(name));
      }
      return answer;
    }
  }

  @Test
  void theAttemptIsReleasedAtTheEndOfTheBody() throws IOException {
    mesh.service("orders", servers.echo("x"));
    try (Response response = get("http://orders/")) {
      Call call = mesh.calls.element();
      assertThat(call.released.getCount()).isOne();
      response.body().string();
      assertThat(call.released.getCount()).isZero();
    }
  }

  @Test
  void aBodyInACoatOfTheApplicationsIsReleasedAtItsEndToo() throws IOException {
    mesh.service("orders", servers.echo("x"));
    OkHttpClient coating =
        client
            .newBuilder()
            .addNetworkInterceptor(
                chain -> {
                  Response received = chain.proceed(chain.request());
                  ResponseBody coated =
                      ResponseBody.create(
                          received.body().contentType(),
                          received.body().contentLength(),
                          received.body().source());
                  return received.newBuilder().body(coated).build();
                })
            .build();
    Request request = new Request.Builder().url("http://orders/").build();
    try (Response response = coating.newCall(request).execute()) {
      Call call = mesh.calls.element();
      assertThat(call.released.getCount()).isOne();
      response.body().string();
      assertThat(call.released.getCount()).isZero();
    }
  }

  @Test
  void whatTheApplicationsBodyThrowsIsNoErrorOfTheAgent() throws IOException {
    mesh.service("orders", servers.echo("x"));
    RequestBody throwing =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return null;
          }

          @Override
          public void writeTo(BufferedSink sink) {
            throw new IllegalStateException("on purpose");
          }
        };
    Request request = new Request.Builder().url("http://orders/").post(throwing).build();
    assertThatThrownBy(() -> client.newCall(request).execute())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("on purpose");
    assertFailures(Failure.OTHER);
  }

  @Test
  void aBodyThatIsClosedUnreadIsReleased() throws IOException {
    mesh.service("orders", servers.echo("x"));
    get("http://orders/").close();

    assertThat(mesh.calls.element().released.getCount()).isZero();
  }

  @Test
  void aRetryLeavesNoResponseBehind() throws IOException {
    ScriptedAttempt busy =
        ScriptedMesh.attempt(servers.start(exchange -> TestServers.answer(exchange, 503, "busy")));
    ScriptedAttempt other = ScriptedMesh.attempt(servers.echo("x"));
    mesh.script(
        "orders",
        head -> new Call(head).then(busy).then(other).retrying(outcome -> outcome.status == 503));
    try (Response response = get("http://orders/")) {
      assertThat(response.code()).isEqualTo(200);
      assertThat(response.priorResponse()).isNull();
    }
  }

  @Test
  void aRedirectOfAServerToAnotherServiceIsAHopOfItsOwn() throws IOException {
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "http://payments/to");
              TestServers.answer(exchange, 302, "");
            }));
    mesh.service("payments", servers.echo("x"));
    try (Response response = get("http://orders/from")) {
      assertThat(response.body().string()).startsWith("payments/to");
      assertThat(response.request().url().toString()).isEqualTo("http://payments/to");
      assertThat(response.priorResponse().request().url().host()).isEqualTo("orders");
    }
    assertThat(mesh.calls)
        .extracting(call -> call.head.host())
        .containsExactly("orders", "payments");
    assertThat(mesh.calls).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void theRequestOfAResponseIsTheOneThatWasWritten() throws IOException {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x-mesh"));
    attempt.pathAndQuery = "/inner";
    attempt.authority = "other.example";
    attempt.requestHeaders = new HeaderOps(Map.of("x-mesh", "set"), Map.of(), List.of());
    mesh.script("orders", head -> new Call(head).then(attempt));
    Request written = new Request.Builder().url("http://orders/outer").build();
    try (Response response = client.newCall(written).execute()) {
      assertThat(response.body().string()).isEqualTo("other.example/inner set");
      assertThat(response.request()).isEqualTo(written);
    }
  }

  @Test
  void aCertificateThatIsRefusedIsTheLibrarysOwnExceptionAndNotTriedAgain() throws IOException {
    InetSocketAddress server = servers.echo("x");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(server))
                .then(ScriptedMesh.attempt(server))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    SSLHandshakeException untrusted = new SSLHandshakeException("not trusted");
    untrusted.initCause(new CertificateException("no path"));
    for (IOException refused : List.of(new SSLPeerUnverifiedException("not for it"), untrusted)) {
      OkHttpClient refusing =
          client
              .newBuilder()
              .addNetworkInterceptor(
                  chain -> {
                    throw refused;
                  })
              .build();
      okhttp3.Call call = refusing.newCall(new Request.Builder().url("http://orders/").build());
      assertThatThrownBy(call::execute).isSameAs(refused);
    }
    assertThat(mesh.calls)
        .allSatisfy(
            call ->
                assertThat(call.outcomes)
                    .extracting(outcome -> outcome.failure)
                    .containsExactly(Failure.OTHER));
  }

  @Test
  void anAnswerOfTheMeshHasTheReasonOfItsStatus() throws IOException {
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(503, Map.of(), new byte[0])));
    try (Response response = get("http://orders/")) {
      assertThat(response.message()).isEqualTo("Service Unavailable");
    }
  }

  @Test
  void aCallThatWaitsCanBeCancelled() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    Step.Queue nobody =
        new Step.Queue(TimeUnit.MINUTES.toNanos(5)) {
          @Override
          public void onWake(Runnable wake) {
            queued.countDown();
          }
        };
    mesh.script("orders", head -> new Call(head).then(nobody));
    okhttp3.Call call = client.newCall(new Request.Builder().url("http://orders/").build());
    Thread canceller =
        new Thread(
            () -> {
              try {
                queued.await();
                call.cancel();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    canceller.start();
    assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
    assertThat(mesh.calls.element().cancelled.getCount()).isZero();
  }

  @Test
  void aCopyHearsNothingOfTheApplication() throws Exception {
    List<String> intercepted = new CopyOnWriteArrayList<>();
    OkHttpClient watching =
        client
            .newBuilder()
            .addInterceptor(
                chain -> {
                  intercepted.add(chain.request().url().toString());
                  return chain.proceed(chain.request());
                })
            .build();
    CountDownLatch copied = new CountDownLatch(1);
    ScriptedAttempt copy =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  TestServers.answer(exchange, 200, "aside");
                  copied.countDown();
                }));
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.mirrors = List.of(copy);
    mesh.script("orders", head -> new Call(head).then(attempt));
    watching.newCall(new Request.Builder().url("http://orders/").build()).execute().close();
    copied.await();
    assertThat(intercepted).containsExactly("http://orders/");
    assertThat(mesh.calls).hasSize(1);
  }

  @Test
  void aHedgedCallIsOneCallToTheApplication() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    OkHttpClient listening =
        client
            .newBuilder()
            .eventListener(
                new EventListener() {
                  @Override
                  public void callStart(okhttp3.Call call) {
                    heard.add("start");
                  }

                  @Override
                  public void callEnd(okhttp3.Call call) {
                    heard.add("end");
                  }

                  @Override
                  public void callFailed(okhttp3.Call call, IOException failure) {
                    heard.add("failed");
                  }
                })
            .build();
    hedged(servers.echo("x"));
    Request request = new Request.Builder().url("http://orders/").build();
    try (Response response = listening.newCall(request).execute()) {
      assertThat(response.body().string()).isEqualTo("orders/ null");
      assertThat(response.request()).isEqualTo(request);
    }
    // OkHttp 3.12 tells of no end where a call is answered without a connection of its own.
    assertThat(heard).containsOnlyOnce("start").doesNotContain("failed");
    assertThat(client.connectionPool().connectionCount()).as("the loser's is closed").isOne();
  }

  @Test
  void aRedirectThatAHedgeWasAnsweredWithIsFollowed() throws Exception {
    hedged(
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "http://payments/to");
              TestServers.answer(exchange, 302, "");
            }));
    mesh.service("payments", servers.echo("x"));
    try (Response response = get("http://orders/from")) {
      assertThat(response.body().string()).isEqualTo("payments/to null");
      assertThat(response.priorResponse().code()).isEqualTo(302);
    }
  }

  @Test
  void cancellingACallBreaksOffTheHedgeThatAnswersIt() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    hedged(
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 10);
              exchange.getResponseBody().write('.');
              exchange.getResponseBody().flush();
              over.await();
            }));
    okhttp3.Call call = client.newCall(new Request.Builder().url("http://orders/").build());
    try (Response response = call.execute()) {
      assertThat(response.body().source().readByte()).isEqualTo((byte) '.');
      call.cancel();
      assertThatThrownBy(() -> response.body().source().readByte()).isInstanceOf(IOException.class);
    } finally {
      over.countDown();
    }
    assertThat(mesh.calls.element().released.getCount()).isZero();
  }

  @Test
  void aRetryAfterAnAttemptThatWasBrokenOffGoesToItsOwnEndpoint() throws Exception {
    InetSocketAddress kept =
        servers.start(
            exchange -> {
              if (exchange.getRequestURI().getPath().equals("/slow")) {
                new CountDownLatch(1).await();
              }
              TestServers.answer(exchange, 200, "kept");
            });
    InetSocketAddress other = servers.echo("x");
    long limit = TimeUnit.MILLISECONDS.toNanos(100);
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(
                    head.pathAndQuery().equals("/slow")
                        ? ScriptedMesh.attempt(kept, limit)
                        : ScriptedMesh.attempt(kept))
                .then(ScriptedMesh.attempt(other))
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    assertThat(send("GET", "http://orders/quick", null).body).isEqualTo("kept");
    assertThat(send("GET", "http://orders/slow", null).body).isEqualTo("orders/slow null");
  }

  /** The first attempt of a call is never answered, the hedge is by that server. */
  private void hedged(InetSocketAddress server) throws IOException {
    ScriptedAttempt silent = ScriptedMesh.attempt(servers.silent());
    silent.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    mesh.script("orders", head -> new Call(head).then(silent).then(ScriptedMesh.attempt(server)));
  }

  private Response get(String url) throws IOException {
    return client.newCall(new Request.Builder().url(url).build()).execute();
  }
}
