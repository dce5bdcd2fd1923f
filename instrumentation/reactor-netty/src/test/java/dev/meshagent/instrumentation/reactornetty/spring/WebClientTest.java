package dev.meshagent.instrumentation.reactornetty.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.instrumentation.reactornetty.ReactorNettyModule;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** What the mesh is told of a WebClient's request before it routes it. */
@Timeout(30)
class WebClientTest {
  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new ReactorNettyModule(), new SpringModule());

  private final TestServers servers = new TestServers();
  private final ConnectionProvider connections = ConnectionProvider.create("web-client", 10);
  private final HttpClient http = HttpClient.create(connections);

  /** The values of the header "tester" that routing saw, by host. */
  private final Map<String, String> seen = new ConcurrentHashMap<>();

  @AfterEach
  void nothingIsLeftOver() {
    connections.dispose();
    servers.close();
  }

  private WebClient client(HttpClient over) {
    return WebClient.builder().clientConnector(new ReactorClientHttpConnector(over)).build();
  }

  /** Notes what the head says when the route is chosen, and goes there. */
  private void watch(String host, InetSocketAddress endpoint) {
    mesh.script(
        host,
        head -> {
          seen.put(host, String.valueOf(head.header("Tester")));
          return new Call(head).then(ScriptedMesh.attempt(endpoint));
        });
  }

  private static String text(WebClient.RequestHeadersSpec<?> request) {
    return request.retrieve().bodyToMono(String.class).block();
  }

  @Test
  void headersOfTheRequestAreKnownWhenItIsRouted() throws Exception {
    watch("orders", servers.echo("tester"));
    WebClient.RequestHeadersSpec<?> request =
        client(http).get().uri("http://orders/").header("tester", "ann", "bob");
    assertThat(text(request)).isEqualTo("orders/ ann");
    assertThat(seen).containsEntry("orders", "ann,bob");
  }

  @Test
  void headersThatAFilterAddsAreKnown() throws Exception {
    watch("orders", servers.echo("tester"));
    WebClient filtered =
        client(http)
            .mutate()
            .filter(
                (request, next) ->
                    next.exchange(ClientRequest.from(request).header("tester", "ann").build()))
            .build();
    text(filtered.get().uri("http://orders/"));
    assertThat(seen).containsEntry("orders", "ann");
  }

  @Test
  void cookiesAreKnownAsTheHeaderThatTheyBecome() throws Exception {
    mesh.service("orders", servers.echo("cookie"));
    String echoed =
        text(client(http).get().uri("http://orders/").cookie("a", "1").cookie("b", "2"));
    assertThat(echoed).isEqualTo("orders/ a=1; b=2");
    assertThat(mesh.calls.element().head.header("cookie")).isEqualTo("a=1; b=2");
  }

  @Test
  void headersOfTheClientBelowAreKnownToo() throws Exception {
    watch("orders", servers.echo("tester"));
    text(client(http.headers(headers -> headers.set("tester", "ann"))).get().uri("http://orders/"));
    assertThat(seen).containsEntry("orders", "ann");
  }

  @Test
  void aRequestWithoutAHeaderHasNone() throws Exception {
    watch("orders", servers.echo("tester"));
    assertThat(text(client(http).get().uri("http://orders/"))).isEqualTo("orders/ null");
    assertThat(seen).containsEntry("orders", "null");
  }

  @Test
  void callsThatABodyIsMadeOfHaveTheirOwnHeaders() throws Exception {
    watch("orders", servers.start(exchange -> TestServers.answer(exchange, 200, "ordered")));
    watch("payments", servers.echo("tester"));
    Mono<String> body = http.get().uri("http://payments/").responseContent().aggregate().asString();
    text(
        client(http)
            .post()
            .uri("http://orders/")
            .header("tester", "ann")
            .body(BodyInserters.fromPublisher(body, String.class)));
    assertThat(seen).containsEntry("orders", "ann").containsEntry("payments", "null");
  }

  @Test
  void headersSurviveARetryOfTheMesh() throws Exception {
    InetSocketAddress dead = TestServers.refusing();
    InetSocketAddress live = servers.echo("tester");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure.unsent()));
    assertThat(text(client(http).get().uri("http://orders/").header("tester", "ann")))
        .isEqualTo("orders/ ann");
  }
}
