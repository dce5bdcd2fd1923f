package dev.meshagent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@code maxConnections}: requests over HTTP/1 use one each, those over HTTP/2 share theirs. */
class ConnectionLimitTest {
  private static final Outcome OVER_HTTP_2 = Outcome.response(200, -1, true);

  private static final TestRequest GRPC = TestRequest.get("http://orders/shop.Orders/Get").asGrpc();

  private final AtomicInteger wakes = new AtomicInteger();

  @Test
  void eachRequestOverHttp1UsesAConnectionUntilItsBodyIsRead() {
    Mesh mesh = limited(1, 0, 1);
    MeshCall running = mesh.open();
    Attempt attempt = mesh.attempt(running);
    MeshCall waiting = mesh.open();
    await(waiting);
    Step.Fail fail = (Step.Fail) mesh.open().next();
    assertThat(fail.message)
        .startsWith("default/orders: 1 connections are in use, which is the limit, and 1 wait");
    running.finish(attempt, Outcome.response(200, -1));
    assertThat(wakes).hasValue(0);
    running.release(attempt);
    assertThat(wakes).hasValue(1);
    mesh.answer(waiting, mesh.attempt(waiting), 200, 1);
    assertThat(mesh.call(1)).isNotNull();
  }

  @Test
  void aConnectionThatTurnsOutToBeSharedIsGivenBackAtTheHeadOfTheAnswerAndOnce() {
    Mesh mesh = limited(1, 0, 5);
    MeshCall first = mesh.open();
    Attempt attempt = mesh.attempt(first);
    MeshCall waiting = mesh.open();
    await(waiting);
    first.finish(attempt, OVER_HTTP_2);
    assertThat(wakes).hasValue(1);
    mesh.attempt(waiting);
    first.release(attempt);
    // The endpoint has shown that it shares, until it answers otherwise.
    List<MeshCall> calls = new ArrayList<>();
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(mesh.open());
      attempts.add(mesh.attempt(calls.get(i)));
    }
    for (int i = 0; i < 5; i++) {
      calls.get(i).finish(attempts.get(i), Outcome.response(200, -1));
    }
    mesh.attempt(mesh.open());
    assertThat(mesh.open().next().kind).isEqualTo(Step.Kind.QUEUE);
  }

  @Test
  void gRpcIsNeverLimitedByConnections() {
    Mesh mesh = limited(1, 0, 0);
    for (int i = 0; i < 3; i++) {
      mesh.attempt(mesh.open(GRPC));
    }
  }

  @Test
  void whoWaitsForAConnectionIsWokenByAPlaceIfThatIsWhatItLacks() {
    Mesh mesh = limited(1, 2, 5);
    MeshCall http1 = mesh.open();
    Attempt holder = mesh.attempt(http1);
    MeshCall waiting = mesh.open();
    await(waiting);
    MeshCall grpc = mesh.open(GRPC);
    Attempt shared = mesh.attempt(grpc);
    assertThat(wakes).hasValue(0);
    MeshCall other = mesh.open(GRPC);
    assertThat(other.next().kind).isEqualTo(Step.Kind.QUEUE);
    http1.finish(holder, OVER_HTTP_2);
    assertThat(wakes).as("a connection is free, but no place").hasValue(0);
    grpc.finish(shared, Outcome.grpc(0, -1));
    grpc.release(shared);
    assertThat(wakes).hasValue(1);
    assertThat(waiting.next().kind).isEqualTo(Step.Kind.ATTEMPT);
  }

  private void await(MeshCall call) {
    ((Step.Queue) call.next()).onWake(wakes::incrementAndGet);
  }

  private static Mesh limited(int connections, int requests, int pending) {
    Mesh mesh = Mesh.with();
    mesh.policy(
        new ServicePolicy.Builder()
            .traffic(
                TrafficPolicy.DEFAULT.with(new Limits(connections, requests, pending, 0, 0, 0)))
            .build(),
        Mesh.endpoint("v1"));
    return mesh;
  }
}
