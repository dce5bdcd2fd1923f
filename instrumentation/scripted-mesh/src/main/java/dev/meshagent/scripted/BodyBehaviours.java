package dev.meshagent.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.scripted.ScriptedMesh.Call;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * As {@link StepBehaviours}, and what an adapter makes of hedges, and of requests with bodies where
 * its library can send a body more than once.
 */
public abstract class BodyBehaviours extends StepBehaviours {
  /**
   * Sends a request through the library, as a blocking call would.
   *
   * @param body of known length, which can be sent again; null for none
   * @throws Exception the library's own, unwrapped
   */
  protected abstract Answer send(String method, String uri, String body) throws Exception;

  @Override
  protected final Answer send(String method, String uri) throws Exception {
    return send(method, uri, null);
  }

  @Test
  void aHedgeAnswersWhereTheFirstAttemptDoesNot() throws Exception {
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.silent());
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    ScriptedAttempt hedge = ScriptedMesh.attempt(servers.echo("x"));
    hedge.responseHeaders = new HeaderOps(Map.of("X-Hedge", "won"), Map.of(), List.of());
    mesh.script("orders", head -> new Call(head).then(slow).then(hedge));
    Answer answer = send("GET", "http://orders/there");
    assertThat(answer.body).isEqualTo("orders/there null");
    assertThat(answer.headers).containsEntry("x-hedge", "won");
    assertFailures(Failure.NONE, Failure.CANCELLED);
  }

  @Test
  void aHedgeIsBrokenOffWhereTheFirstAttemptAnswers() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    CountDownLatch broken = new CountDownLatch(1);
    InetSocketAddress first =
        servers.start(
            exchange -> {
              hedged.await();
              TestServers.answer(exchange, 200, "first");
            });
    InetSocketAddress second =
        servers.start(
            exchange -> {
              hedged.countDown();
              broken.await();
              exchange.close();
            });
    ScriptedAttempt slow = ScriptedMesh.attempt(first);
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(second)));
    assertThat(send("GET", "http://orders/").body).isEqualTo("first");
    broken.countDown();
    assertFailures(Failure.NONE, Failure.CANCELLED);
  }

  @Test
  void aHedgeSendsTheBodyAsWell() throws Exception {
    ScriptedAttempt slow = ScriptedMesh.attempt(servers.silent());
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    InetSocketAddress live =
        servers.start(exchange -> TestServers.answer(exchange, 200, TestServers.body(exchange)));
    mesh.script("orders", head -> new Call(head).then(slow).then(ScriptedMesh.attempt(live)));
    assertThat(send("PUT", "http://orders/", "written").body).isEqualTo("written");
  }

  @Test
  void aHedgeThatFailsLeavesTheFirstAttemptToAnswer() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    InetSocketAddress first =
        servers.start(
            exchange -> {
              failed.await();
              TestServers.answer(exchange, 200, "first");
            });
    ScriptedAttempt slow = ScriptedMesh.attempt(first);
    slow.hedgeAfterNanos = TimeUnit.MILLISECONDS.toNanos(20);
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        "orders",
        head ->
            new Call(head) {
              @Override
              public synchronized Verdict finish(Attempt attempt, Outcome outcome) {
                super.finish(attempt, outcome);
                failed.countDown();
                return outcome.failure == Failure.CONNECT ? Verdict.DISCARD : Verdict.DELIVER;
              }
            }.then(slow).then(ScriptedMesh.attempt(dead)));
    assertThat(send("GET", "http://orders/").body).isEqualTo("first");
    assertFailures(Failure.CONNECT, Failure.NONE);
  }

  @Test
  void aCopyHasTheBodyAsWell() throws Exception {
    CompletableFuture<String> mirrored = new CompletableFuture<>();
    InetSocketAddress aside =
        servers.start(
            exchange -> {
              mirrored.complete(TestServers.body(exchange));
              TestServers.answer(exchange, 200, "thrown away");
            });
    InetSocketAddress live =
        servers.start(exchange -> TestServers.answer(exchange, 200, TestServers.body(exchange)));
    ScriptedAttempt attempt = ScriptedMesh.attempt(live);
    attempt.mirrors = List.of(ScriptedMesh.attempt(aside));
    mesh.script("orders", head -> new Call(head).then(attempt));
    assertThat(send("POST", "http://orders/", "written").body).isEqualTo("written");
    assertThat(mirrored.get()).isEqualTo("written");
  }

  @Test
  void aCopyThatIsNotAnsweredIsBrokenOff() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    Attempt copy = ScriptedMesh.attempt(servers.silent(), TimeUnit.MILLISECONDS.toNanos(50));
    attempt.mirrors = List.of(copy);
    assertThat(endOfCopy(attempt, copy).failure).isIn(Failure.OTHER, Failure.TIMEOUT);
  }

  protected final Outcome endOfCopy(Attempt attempt, Attempt copy) throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    CountDownLatch over = new CountDownLatch(1);
    mesh.script(
        "orders",
        head ->
            new Call(head) {
              @Override
              public synchronized Verdict finish(Attempt finished, Outcome outcome) {
                if (finished != copy) {
                  return super.finish(finished, outcome);
                }
                end.complete(outcome);
                return Verdict.DISCARD;
              }

              @Override
              public void release(Attempt finished) {
                if (finished == copy) {
                  over.countDown();
                }
              }
            }.then(attempt));
    assertThat(send("GET", "http://orders/", null).status).isEqualTo(200);
    over.await();
    return end.get();
  }
}
