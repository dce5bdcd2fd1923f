package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that cannot begin at once. */
class HeldCallsTest extends MeshOfServers {
  @Test
  void theRoutesTimeoutBoundsADelayedCall() {
    ManagedChannel channel = connected(settings -> {});
    allThree(
        policy(
            route -> {
              route.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(TRY_MILLIS);
              route.fault = new Fault(100, TimeUnit.MILLISECONDS.toNanos(20), 0, 0, -1);
            }));
    Status status = failure(() -> call(channel, "hang"));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(a.calls.get() + b.calls.get() + c.calls.get()).isEqualTo(1);
  }

  @Test
  void aCallBeyondTheLimitWaitsForItsPlace() throws Exception {
    ServicePolicy.Builder one = new ServicePolicy.Builder();
    one.traffic = TrafficPolicy.DEFAULT.with(new Limits(0, 1, 10, 0, 0, 0));
    mesh.endpoints("orders", one.build(), a.port());
    ManagedChannel channel = channel("orders:80");
    Received talk = new Received();
    StreamObserver<String> say =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk);
    say.onNext("x");
    talk.next();
    CompletableFuture<String> second = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT), "hi", new Completing(second));
    say.onNext("y");
    talk.next();
    assertThat(second).isNotDone();
    assertThat(a.calls).hasValue(1);
    say.onCompleted();
    assertThat(second.get()).isEqualTo("a hi");
  }

  @Test
  void aCallThatWaitsForReadyWaitsForAnEndpoint() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE);
    ManagedChannel channel = channel("orders:80");
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCall<String, String> call =
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT.withWaitForReady());
    ClientCalls.asyncUnaryCall(call, "hi", new Completing(answer));
    assertThat(answer).isNotDone();
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    assertThat(answer.get()).isEqualTo("a hi");
  }

  @Test
  void aDelayedCallIsRewritten() {
    mesh.endpoints(
        "orders",
        policy(
            route -> {
              route.fault = new Fault(100, TimeUnit.MILLISECONDS.toNanos(20), 0, 0, -1);
              rewritten(route);
            }),
        a.port());
    assertThat(other(channel("orders:80"), "hi")).isEqualTo("a hi");
    assertThat(a.heads).containsExactly("elsewhere echo/Unary set");
  }

  @Test
  void aCallThatWaitedForItsPlaceIsRewritten() throws Exception {
    ServicePolicy.Builder one = new ServicePolicy.Builder();
    one.traffic = TrafficPolicy.DEFAULT.with(new Limits(0, 1, 10, 0, 0, 0));
    Route.Builder route = new Route.Builder();
    route.to(Destination.subset("", 1));
    rewritten(route);
    route.timeoutNanos = TimeUnit.HOURS.toNanos(1);
    one.routes.add(route.build());
    mesh.endpoints("orders", one.build(), a.port());
    ManagedChannel channel = channel("orders:80");
    CompletableFuture<String> first = hang(channel, a);
    CompletableFuture<String> second =
        CompletableFuture.supplyAsync(() -> other(channel, "after it"));
    until(() -> mesh.timersNow() != 0);
    a.answerHanging();
    assertThat(first.get()).isEqualTo("a late");
    assertThat(second.get()).isEqualTo("a after it");
    assertThat(a.heads).containsOnly("elsewhere echo/Unary set");
  }

  private static void rewritten(Route.Builder route) {
    route.rewrite = new Rewrite("/echo/Unary", null, "", "", "elsewhere");
    route.requestHeaders = new HeaderOps(Map.of("tag", "set"), Map.of(), List.of());
  }

  private static String other(ManagedChannel channel, String request) {
    MethodDescriptor<String, String> other =
        EchoServer.UNARY.toBuilder().setFullMethodName("echo/Other").build();
    return ClientCalls.blockingUnaryCall(channel, other, CallOptions.DEFAULT, request);
  }

  @Test
  void allThatAStreamSaysWhileItIsDelayedIsSaidInOrder() throws Exception {
    allThree(policy(HeldCallsTest::delayed));
    for (int round = 0; round < 5; round++) {
      Received talk = new Received();
      StreamObserver<String> say =
          ClientCalls.asyncBidiStreamingCall(
              channel("orders:80").newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk);
      for (int i = 0; i < 100; i++) {
        say.onNext("" + i);
      }
      say.onCompleted();
      talk.ended.get();
      for (int i = 0; i < 100; i++) {
        assertThat(talk.next()).matches("[abc] " + i);
      }
    }
  }

  static void delayed(Route.Builder route) {
    route.fault = new Fault(100, TimeUnit.MILLISECONDS.toNanos(30), 0, 0, -1);
  }
}
