package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies that an attempt has sent aside. */
@Timeout(30)
class MirrorTest {
  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final TestServers servers = new TestServers();
  private final BlockingQueue<Outcome> mirrored = new ArrayBlockingQueue<>(10);
  private final BlockingQueue<String> copies = new ArrayBlockingQueue<>(10);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void nothingIsLeftOver() {
    servers.close();
  }

  @Test
  void aCopyIsTheRequestAsItsTargetWantsIt() throws Exception {
    ScriptedAttempt copy = copy();
    copy.requestHeaders = new HeaderOps(Map.of("X-Copy", "yes"), Map.of(), List.of());
    mirroring(servers.echo("X-Copy"), copy);
    CookieManager cookies = new CookieManager();
    HttpCookie cookie = new HttpCookie("who", "me");
    cookie.setPath("/");
    cookies.getCookieStore().add(URI.create("http://orders/"), cookie);
    HttpClient keeping = HttpClient.newBuilder().cookieHandler(cookies).build();
    HttpResponse<String> response =
        keeping.send(
            request().PUT(BodyPublishers.ofString("body")).header("X-Copy", "no").build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("orders/p?q=1 no");
    assertThat(copies.take())
        .isEqualTo("PUT orders/p?q=1 body [yes] [$Version=\"1\"; who=\"me\";$Path=\"/\"] null");
    assertThat(mirrored.take().status).isEqualTo(500);
    assertThat(mesh.calls).hasSize(1);
    assertThat(mesh.calls.element().outcomes).extracting(outcome -> outcome.status).contains(200);
  }

  @Test
  void nothingOfTheAnswerToACopyIsHeeded() throws Exception {
    InetSocketAddress redirecting =
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("Set-Cookie", "who=copy");
              exchange.getResponseHeaders().add("Location", "http://orders/further");
              TestServers.answer(exchange, 302, "");
            });
    mirroring(servers.echo("x"), ScriptedMesh.attempt(redirecting));
    CookieManager cookies = new CookieManager();
    HttpClient following =
        HttpClient.newBuilder()
            .cookieHandler(cookies)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build();
    following.send(request().build(), BodyHandlers.discarding());
    assertThat(mirrored.take().status).isEqualTo(302);
    assertThat(cookies.getCookieStore().getCookies()).isEmpty();
    assertThat(mesh.calls).hasSize(1);
  }

  @Test
  void aCopyCarriesTheCredentialsOfItsExchange() throws Exception {
    InetSocketAddress asking =
        servers.start(
            exchange -> {
              exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
              boolean known = exchange.getRequestHeaders().containsKey("Authorization");
              TestServers.answer(exchange, known ? 200 : 401, "");
            });
    mirroring(asking, copy());
    HttpClient known =
        HttpClient.newBuilder()
            .authenticator(
                new Authenticator() {
                  @Override
                  protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("me", "secret".toCharArray());
                  }
                })
            .build();
    known.send(request().build(), BodyHandlers.discarding());
    assertThat(List.of(copies.take(), copies.take()))
        .anyMatch(copy -> copy.endsWith(" null"))
        .anyMatch(copy -> copy.contains(" Basic "));
  }

  @Test
  void aCopyThatFailsOrHangsIsNotTheCallsConcern() throws Exception {
    mirroring(
        servers.echo("x"),
        ScriptedMesh.attempt(TestServers.refusing()),
        ScriptedMesh.attempt(servers.silent(), TimeUnit.MILLISECONDS.toNanos(50)));
    assertThat(client.send(request().build(), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    assertThat(List.of(mirrored.take(), mirrored.take()))
        .extracting(outcome -> outcome.failure)
        .containsExactlyInAnyOrder(Failure.CONNECT, Failure.TIMEOUT);
  }

  @Test
  void aBodyThatCannotBeReadTwiceIsNotCopied() throws Exception {
    mirroring(servers.echo("x"), copy());
    HttpRequest once =
        request().POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("once"), 4)).build();
    assertThat(client.send(once, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    assertThat(mirrored.take().failure).isEqualTo(Failure.CANCELLED);
    assertThat(copies).isEmpty();
  }

  /** Every call's only attempt has these copies. */
  private void mirroring(InetSocketAddress endpoint, ScriptedAttempt... aside) {
    mesh.script(
        "orders",
        head -> {
          ScriptedAttempt attempt = ScriptedMesh.attempt(endpoint);
          attempt.mirrors = List.of(aside);
          return new Mirroring(head, List.of(aside)).then(attempt);
        });
  }

  private ScriptedAttempt copy() throws Exception {
    return ScriptedMesh.attempt(
        servers.start(
            exchange -> {
              String body = new String(exchange.getRequestBody().readAllBytes());
              copies.add(
                  String.join(
                      " ",
                      exchange.getRequestMethod(),
                      exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI(),
                      body,
                      all(exchange, "X-Copy"),
                      all(exchange, "Cookie"),
                      exchange.getRequestHeaders().getFirst("Authorization")));
              byte[] tooMuch = "thrown away".repeat(10_000).getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(500, tooMuch.length);
              exchange.getResponseBody().write(tooMuch);
              exchange.close();
            }));
  }

  private static String all(HttpExchange exchange, String header) {
    return String.valueOf(exchange.getRequestHeaders().get(header));
  }

  private static HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create("http://orders/p?q=1")).version(Version.HTTP_1_1);
  }

  /** A call that is told what became of its copies apart from the rest. */
  private final class Mirroring extends Call {
    private final List<? extends Attempt> aside;

    Mirroring(RequestHead head, List<? extends Attempt> aside) {
      super(head);
      this.aside = aside;
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      if (!aside.contains(attempt)) {
        return super.finish(attempt, outcome);
      }
      mirrored.add(outcome);
      return Verdict.DISCARD;
    }
  }
}
