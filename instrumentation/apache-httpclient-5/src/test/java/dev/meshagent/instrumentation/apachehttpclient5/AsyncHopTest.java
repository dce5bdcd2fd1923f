package dev.meshagent.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.instrumentation.apachehttpclient5.ScriptedMesh.Call;
import dev.meshagent.spi.Mesh;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequests;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultAuthenticationStrategy;
import org.apache.hc.client5.http.impl.async.AsyncConnectExec;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As {@link ClassicHopTest}, for the asynchronous client. */
@Timeout(30)
class AsyncHopTest {
  private final ScriptedMesh mesh = new ScriptedMesh();
  private final TestServers servers = new TestServers();
  private final CloseableHttpAsyncClient client =
      HttpAsyncClientBuilder.create()
          .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
          .disableAutomaticRetries()
          .replaceExecInterceptor(
              ChainElement.CONNECT.name(),
              (AsyncExecChainHandler)
                  AsyncMeshExec.around(
                      new AsyncConnectExec(
                          new DefaultHttpProcessor(new HttpRequestInterceptor[0]),
                          DefaultAuthenticationStrategy.INSTANCE)))
          .build();

  @BeforeEach
  void install() {
    Mesh.install(mesh);
    client.start();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    servers.close();
    assertThat(mesh.errors).isEmpty();
  }

  @Test
  void theRequestIsRewrittenAndHeadersAreChangedBothWays() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x-mesh"));
    attempt.pathAndQuery = "/inner?q=1";
    attempt.authority = "other.example";
    attempt.requestHeaders = new HeaderOps(Map.of("X-Mesh", "set"), Map.of(), List.of("x-drop"));
    attempt.responseHeaders = new HeaderOps(Map.of(), Map.of("X-Added", "yes"), List.of("Date"));
    mesh.script("orders", head -> new Call(head).then(attempt));
    Answer answer = get("http://orders/outer");
    assertThat(answer.body).isEqualTo("other.example/inner?q=1 set");
    assertThat(answer.headers).containsEntry("x-added", "yes").doesNotContainKey("date");
  }

  @Test
  void aRetriedRequestHasTheHeadersOfAFirstOne() throws Exception {
    InetSocketAddress flaky =
        servers.start(
            exchange ->
                TestServers.answer(
                    exchange,
                    exchange.getRequestHeaders().containsKey("X-Second") ? 200 : 503,
                    exchange.getRequestHeaders().get("Host").toString()));
    ScriptedAttempt second = ScriptedMesh.attempt(flaky);
    second.requestHeaders = new HeaderOps(Map.of("X-Second", "1"), Map.of(), List.of());
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(flaky))
                .then(new Step.Wait(TimeUnit.MILLISECONDS.toNanos(1)))
                .then(second)
                .retrying(outcome -> outcome.status == 503));
    Answer answer = get("http://orders/");
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body).isEqualTo("[orders]");
  }

  @Test
  void aRefusedConnectionGoesToAnotherEndpoint() throws Exception {
    InetSocketAddress live = servers.echo("x");
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    assertThat(get("http://orders/").status).isEqualTo(200);
  }

  @Test
  void anAttemptThatTakesTooLongIsBrokenOff() throws Exception {
    InetSocketAddress slow = servers.silent();
    InetSocketAddress live = servers.echo("x");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(slow, TimeUnit.MILLISECONDS.toNanos(50)))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    assertThat(get("http://orders/").status).isEqualTo(200);
    assertThat(mesh.calls.peek().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.TIMEOUT, Failure.NONE);
  }

  @Test
  void aSynthesizedResponseLooksLikeAnyOther() throws Exception {
    byte[] body = "fault".getBytes(StandardCharsets.UTF_8);
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(418, Map.of("x-by", "mesh"), body)));
    Answer answer = get("http://orders/tea");
    assertThat(answer.status).isEqualTo(418);
    assertThat(answer.body).isEqualTo("fault");
    assertThat(answer.headers).containsEntry("x-by", "mesh").containsEntry("content-length", "5");
  }

  @Test
  void aSynthesizedRedirectIsFollowed() throws Exception {
    mesh.script("old", head -> new Call(head).then(new Step.Redirect(302, "http://orders/there")));
    mesh.service("orders", servers.echo("x"));
    assertThat(get("http://old/").body).isEqualTo("orders/there null");
  }

  @Test
  void aFailureIsTheLibrarysOwnExceptionWithTheEnginesMessageAndIsNotRepeated() {
    fails(Step.Fail.Reason.NO_ENDPOINT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(ConnectException.class)
        .hasMessage("orders: NO_ENDPOINT");
    fails(Step.Fail.Reason.TIMEOUT);
    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessage("orders: TIMEOUT");
    assertThat(mesh.calls).hasSize(2);
  }

  @Test
  void aCopyIsSentAside() throws Exception {
    CompletableFuture<String> mirrored = new CompletableFuture<>();
    InetSocketAddress aside =
        servers.start(
            exchange -> {
              mirrored.complete(exchange.getRequestURI().toString());
              TestServers.answer(exchange, 500, "thrown away");
            });
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    attempt.mirrors = List.of(ScriptedMesh.attempt(aside));
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(get("http://orders/p").status).isEqualTo(200);
    assertThat(mirrored.get()).isEqualTo("/p");
  }

  @Test
  void aHedgeAnswersWhereTheFirstAttemptDoesNot() throws Exception {
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.silent());
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    InetSocketAddress live = servers.echo("x");
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(live)));
    assertThat(get("http://orders/").status).isEqualTo(200);
    assertThat(mesh.calls.peek().outcomes)
        .extracting(outcome -> outcome.failure)
        .containsExactly(Failure.NONE, Failure.CANCELLED);
  }

  private void fails(Step.Fail.Reason reason) {
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Fail(reason, "orders: " + reason, null)));
  }

  private Answer get(String uri) throws Exception {
    try {
      SimpleHttpResponse response = client.execute(SimpleHttpRequests.get(uri), null).get();
      return new Answer(response, response.getBodyText());
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
