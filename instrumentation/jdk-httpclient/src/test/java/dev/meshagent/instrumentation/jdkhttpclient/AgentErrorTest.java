package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Errors of the agent's own after the engine granted an attempt, and who is taken to break off. */
@Timeout(30)
class AgentErrorTest {
  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay).erring();

  private final TestServers servers = new TestServers();
  private final HttpClient client = HttpClient.newHttpClient();
  private final IllegalStateException broken = new IllegalStateException("broken on purpose");

  @AfterEach
  void close() {
    servers.close();
  }

  @Test
  void aFirstAttemptThatCannotBeSentLeavesTheCallAlone() throws Exception {
    InetSocketAddress plain = servers.echo("X-Own");
    ScriptedAttempt attempt = ScriptedMesh.attempt(TestServers.refusing());
    attempt.broken = broken;
    mesh.script("localhost", head -> new Call(head).then(attempt));
    assertThat(get(plain).body()).endsWith(" mine");
    assertThat(only().cancelled.getCount()).as("nothing is left in the engine").isZero();
    assertThat(mesh.errors).containsExactly(broken);
  }

  @Test
  void aFurtherAttemptThatCannotBeSentGoesAsTheRequestWasWritten() throws Exception {
    InetSocketAddress plain = servers.echo("X-Own");
    ScriptedAttempt first = ScriptedMesh.attempt(TestServers.refusing());
    first.requestHeaders = new HeaderOps(Map.of("X-Own", "changed"), Map.of(), List.of());
    ScriptedAttempt second = ScriptedMesh.attempt(TestServers.refusing());
    second.broken = broken;
    mesh.script(
        "localhost",
        head ->
            new Call(head)
                .then(first)
                .then(second)
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    assertThat(get(plain).body()).endsWith(" mine");
    assertThat(only().cancelled.getCount()).as("nothing is left in the engine").isZero();
    assertThat(mesh.errors).containsExactly(broken);
  }

  @Test
  void copiesThatCannotBeMadeDoNotConcernTheCall() throws Exception {
    Attempt plain = ScriptedMesh.attempt(servers.echo("X-Own"));
    mesh.script("orders", head -> new Call(head).then(new NoCopies(plain)));
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders/")).build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(only().outcomes).extracting(outcome -> outcome.status).containsExactly(200);
    assertThat(mesh.errors).containsExactly(broken);
  }

  @Test
  void whatTheMeshBreaksOffIsNotGivenUpByTheApplicationWhoeverElseBreaksOff() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    InetSocketAddress slow =
        servers.start(
            exchange -> {
              asked.countDown();
              answer.await();
              TestServers.answer(exchange, 200, "late");
            });
    mesh.service("orders", slow);
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders/")).build();
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(request, BodyHandlers.ofString());
    asked.await();
    RequestHead head = only().head;
    Leg leg = Hops.of(((RequestView) head).request());
    leg.cancelled(new BrokenOff("another attempt answers"));
    assertThat(leg.hop().cancelReason).isNull();
    leg.cancelled(new IOException("Request cancelled"));
    assertThat(leg.hop().cancelReason).hasMessage("Request cancelled");
    answer.countDown();
    assertThat(response.get().body()).isEqualTo("late");
  }

  private HttpResponse<String> get(InetSocketAddress plain) throws Exception {
    URI uri = URI.create("http://localhost:" + plain.getPort() + "/");
    return client.send(
        HttpRequest.newBuilder(uri).header("X-Own", "mine").build(), BodyHandlers.ofString());
  }

  private Call only() {
    assertThat(mesh.calls).hasSize(1);
    return mesh.calls.element();
  }

  /** An attempt that fails when it is asked for its copies. */
  private final class NoCopies extends Attempt {
    NoCopies(Attempt as) {
      super(as.endpoint, as.address, as.port, 1, Long.MAX_VALUE);
    }

    @Override
    public List<Attempt> mirrors() {
      throw broken;
    }
  }
}
