package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a policy changes of a request and of its response, over HTTP/1.1 and HTTP/2. */
@Timeout(60)
class PolicyTest {
  private static final HeaderOps OPS =
      new HeaderOps(
          Map.of("x-set", "new", "User-Agent", "mesh"), Map.of("x-add", "two"), List.of("X-Gone"));

  private static Server echo;

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  @BeforeAll
  static void start() throws Exception {
    echo =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .serviceUnder("/", (context, request) -> echo(request.headers()))
            .build();
    echo.start().join();
  }

  @AfterAll
  static void stop() {
    echo.stop().join();
  }

  private static HttpResponse echo(com.linecorp.armeria.common.RequestHeaders request) {
    StringBuilder body = new StringBuilder(request.authority() + " " + request.path() + "\n");
    for (String name : List.of("x-set", "x-add", "x-gone", "user-agent", "cookie")) {
      body.append(name).append('=').append(String.join("|", request.getAll(name))).append('\n');
    }
    HttpHeaders headers =
        HttpHeaders.of("X-Set", "old", "X-Add", "one", "X-Gone", "here", "Kept", "yes");
    return HttpResponse.of(
        ResponseHeaders.of(HttpStatus.OK)
            .withMutations(all -> all.add(headers).add(HttpHeaderNames.SET_COOKIE, "server=given")),
        com.linecorp.armeria.common.HttpData.ofUtf8(body.toString()));
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void headersOfTheRequestAreChangedOnTheWireAlone(Version version) throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(address());
    attempt.requestHeaders = OPS;
    java.net.http.HttpResponse<String> response = call(version, attempt);
    assertThat(response.body().lines())
        .startsWith("orders /a?b=c", "x-set=new", "x-add=one|two", "x-gone=", "user-agent=mesh");
    assertThat(response.request().headers().map()).containsKeys("X-Gone", "X-Set");
    assertThat(response.request().headers().allValues("x-set")).containsExactly("old");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void pathAndAuthorityAreRewrittenOnTheWireAlone(Version version) throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(address());
    attempt.pathAndQuery = "/v2/a?b=d";
    attempt.authority = "other.example:81";
    java.net.http.HttpResponse<String> response = call(version, attempt);
    assertThat(response.body().lines()).startsWith("other.example:81 /v2/a?b=d", "x-set=old");
    assertThat(response.uri()).isEqualTo(URI.create("http://orders/a?b=c"));
    assertThat(response.request().headers().map()).doesNotContainKey("host");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void headersOfTheResponseAreChangedBeforeAnybodySeesThem(Version version) throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(address());
    attempt.responseHeaders = OPS.then(new HeaderOps(Map.of(), Map.of(), List.of("Set-Cookie")));
    mesh.script("orders", head -> new Call(head).then(attempt));
    CookieManager cookies = new CookieManager();
    HttpClient client = HttpClient.newBuilder().version(version).cookieHandler(cookies).build();
    List<java.net.http.HttpHeaders> handled = new ArrayList<>();
    BodyHandler<String> handler =
        head -> {
          handled.add(head.headers());
          return BodyHandlers.ofString().apply(head);
        };
    java.net.http.HttpResponse<String> response = client.send(request(), handler);
    handled.add(response.headers());
    assertThat(handled)
        .hasSize(2)
        .allSatisfy(
            headers -> {
              assertThat(headers.allValues("X-Set")).containsExactly("new");
              assertThat(headers.allValues("X-Add")).containsExactly("one", "two");
              assertThat(headers.allValues("X-Gone")).isEmpty();
              assertThat(headers.allValues("Kept")).containsExactly("yes");
            });
    assertThat(cookies.getCookieStore().getCookies()).isEmpty();
    assertThat(response.version()).isEqualTo(version);
    assertThat(response.body()).startsWith("orders /a?b=c");
  }

  @Test
  void everyAttemptIsRewrittenAlike() throws Exception {
    ScriptedAttempt refused = ScriptedMesh.attempt(TestServers.refusing());
    HeaderOps more = new HeaderOps(Map.of(), Map.of("User-Agent", "mesh"), List.of());
    refused.requestHeaders = more;
    ScriptedAttempt attempt = ScriptedMesh.attempt(address());
    attempt.requestHeaders = more;
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(refused)
                .then(attempt)
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    assertThat(client.send(request(), BodyHandlers.ofString()).body())
        .containsPattern("user-agent=Java-http-client/[^|]*\\|mesh");
  }

  @Test
  void connectingTakesNoLongerThanThePolicySays() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      ScriptedAttempt attempt =
          ScriptedMesh.attempt((InetSocketAddress) full.getLocalSocketAddress());
      attempt.connectTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(300);
      mesh.script("orders", head -> new Call(head).then(attempt));
      assertThatThrownBy(
              () -> HttpClient.newHttpClient().send(request(), BodyHandlers.discarding()))
          .isInstanceOf(HttpConnectTimeoutException.class);
      assertThat(mesh.calls.peek().outcomes)
          .extracting(outcome -> outcome.failure)
          .containsExactly(Failure.CONNECT_TIMEOUT);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  private java.net.http.HttpResponse<String> call(Version version, ScriptedAttempt attempt)
      throws Exception {
    mesh.script("orders", head -> new Call(head).then(attempt));
    HttpClient client = HttpClient.newBuilder().version(version).build();
    java.net.http.HttpResponse<String> response = client.send(request(), BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(version);
    if (version == Version.HTTP_2) {
      // The first was an upgrade of HTTP/1.1; this one is a stream from its start.
      response = client.send(request(), BodyHandlers.ofString());
    }
    return response;
  }

  private static HttpRequest request() {
    return HttpRequest.newBuilder(URI.create("http://orders/a?b=c"))
        .header("X-Set", "old")
        .header("X-Add", "one")
        .header("X-Gone", "here")
        .build();
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.activeLocalPort());
  }
}
