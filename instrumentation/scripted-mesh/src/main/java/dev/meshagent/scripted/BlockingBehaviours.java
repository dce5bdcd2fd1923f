package dev.meshagent.scripted;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.scripted.ScriptedMesh.Call;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** As {@link BodyBehaviours}, and what holds for libraries that hold a thread for each call. */
public abstract class BlockingBehaviours extends BodyBehaviours {
  /** A head that takes longer over the loopback is not late for want of processors. */
  private static final long LONGEST_LIMIT_MILLIS = 5_000;

  @Test
  void aCopyWhoseAnswerDoesNotEndIsBrokenOff() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    InetSocketAddress endless =
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try {
                byte[] piece = new byte[1024];
                while (gone.getCount() > 0) {
                  exchange.getResponseBody().write(piece);
                  exchange.getResponseBody().flush();
                }
              } finally {
                gone.countDown();
              }
            });
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    Attempt copy = ScriptedMesh.attempt(endless, TimeUnit.MILLISECONDS.toNanos(200));
    attempt.mirrors = List.of(copy);
    assertThat(endOfCopy(attempt, copy)).isNotNull();
    gone.await();
  }

  @Test
  void anAttemptWhoseHeadComesInDripsIsBrokenOff() throws Exception {
    ScriptedAttempt slow =
        ScriptedMesh.attempt(servers.dripping(), TimeUnit.MILLISECONDS.toNanos(200));
    ScriptedAttempt live = ScriptedMesh.attempt(servers.echo("x"));
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(slow)
                .then(live)
                .retrying(outcome -> outcome.failure == Failure.TIMEOUT));
    assertThat(send("GET", "http://orders/there", null).body).isEqualTo("orders/there null");
    assertFailures(Failure.TIMEOUT, Failure.NONE);
  }

  @Test
  void anAttemptsLimitEndsWithTheHead() throws Exception {
    assertThat(GrowingLimit.<String>from(200, this::bodyAfterTheLimit)).isEqualTo("late");
  }

  /** Null where the machine was too busy for the head to come within the limit. */
  private String bodyAfterTheLimit(long millis) throws Exception {
    InetSocketAddress slow =
        servers.start(
            exchange -> {
              exchange.sendResponseHeaders(200, 4);
              exchange.getResponseBody().flush();
              CountDownLatch late = new CountDownLatch(1);
              mesh.schedule(late::countDown, 2 * millis, TimeUnit.MILLISECONDS);
              late.await();
              exchange.getResponseBody().write("late".getBytes(US_ASCII));
              exchange.close();
            });
    Call call =
        new Call(null).then(ScriptedMesh.attempt(slow, TimeUnit.MILLISECONDS.toNanos(millis)));
    mesh.script("orders", head -> call);
    try {
      return send("GET", "http://orders/", null).body;
    } catch (IOException e) {
      if (millis > LONGEST_LIMIT_MILLIS || call.outcomes.element().failure != Failure.TIMEOUT) {
        throw e;
      }
      return null;
    }
  }
}
