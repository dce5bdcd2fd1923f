package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of requests that are sent aside. */
class MirrorsTest extends MeshOfServers {
  @BeforeEach
  void nameBoth() {
    mesh.names("orders", "shadow");
  }

  private void mirrored(Consumer<Route.Builder> settings) {
    Destination shadow =
        new Destination(
            new ServiceId("default", "shadow"),
            "",
            0,
            1,
            new HeaderOps(Map.of("tag", "copy"), Map.of(), List.of()),
            HeaderOps.NONE);
    ServicePolicy policy =
        policy(
            route -> {
              route.mirrors.add(new Mirror(shadow, 100));
              settings.accept(route);
            });
    mesh.endpoints("orders", policy, a.port());
  }

  private static void awaitRequests(EchoServer server, int number) {
    until(() -> server.requests.size() >= number);
  }

  @Test
  void aUnaryRequestIsCopiedAndTheCopysAnswerIsDropped() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    for (int i = 1; i <= 5; i++) {
      assertThat(call(channel, "hi")).isEqualTo("a hi");
      awaitRequests(b, i);
    }
    assertThat(failure(() -> call(channel, "fail INTERNAL")).getCode())
        .isEqualTo(Status.Code.INTERNAL);
    awaitRequests(b, 6);
    assertThat(b.requests).containsExactly("hi", "hi", "hi", "hi", "hi", "fail INTERNAL");
    assertThat(b.heads).containsOnly("orders:80 echo/Unary copy");
    assertThat(a.heads).containsOnly("orders:80 echo/Unary null");
  }

  @Test
  void aMirrorThatIsDeadOrSilentDoesNoHarm() {
    mirrored(route -> {});
    b.kill();
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    mesh.endpoints("shadow", ServicePolicy.NONE, c.port());
    assertThat(call(channel, "hang at c")).isEqualTo("a hang at c");
    awaitRequests(c, 1);
    assertThat(call(channel, "hi")).isEqualTo("a hi");
  }

  @Test
  void anErrorOfTheEngineAtTheEndOfACopyDoesNoHarm() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, a.port());
    mesh.broken.add("finish");
    ManagedChannel channel = channel("orders:80");
    for (int i = 1; i <= 5; i++) {
      assertThat(call(channel, "hi")).isEqualTo("a hi");
      awaitRequests(a, 2 * i);
    }
    assertThat(a.connections.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void copiesBeyondTheBoundAreNotSent() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, c.port());
    ManagedChannel channel = channel("orders:80");
    int more = dev.meshagent.instrumentation.grpc.Mirror.MOST + 5;
    for (int i = 0; i < more; i++) {
      assertThat(call(channel, "hang at c")).isEqualTo("a hang at c");
    }
    awaitRequests(c, dev.meshagent.instrumentation.grpc.Mirror.MOST);
    assertThat(a.calls).hasValue(more);
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    assertThat(c.calls).hasValue(dev.meshagent.instrumentation.grpc.Mirror.MOST);
  }

  @Test
  void aDelayedRequestIsCopiedWhenItIsSent() {
    mirrored(route -> route.fault = new Fault(100, TimeUnit.MILLISECONDS.toNanos(20), 0, 0, -1));
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    assertThat(call(channel("orders:80"), "hi")).isEqualTo("a hi");
    awaitRequests(b, 1);
    assertThat(b.requests).containsExactly("hi");
  }

  @Test
  void whereTheApplicationSwitchedRetriesOffARequestIsCopiedAllTheSame() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80", ManagedChannelBuilder::disableRetry);
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    awaitRequests(b, 1);
    assertThat(b.requests).containsExactly("hi");
  }

  @Test
  void theOneRequestOfAStreamOfAnswersIsCopied() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    ClientCalls.blockingServerStreamingCall(channel, EchoServer.SERVER, CallOptions.DEFAULT, "s")
        .forEachRemaining(each -> assertThat(each).startsWith("a s"));
    awaitRequests(b, 1);
    assertThat(b.requests).containsExactly("s");
  }

  @Test
  void aCopysStreamOfAnswersIsReadToItsEnd() {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    String much = "m".repeat(2_000_000); // The last of three fits in no window of gRPC's, 1 MiB.
    ClientCalls.blockingServerStreamingCall(channel, EchoServer.SERVER, CallOptions.DEFAULT, much)
        .forEachRemaining(each -> {});
    until(() -> b.completed.get() == 1);
  }

  @Test
  void streamsOfRequestsAreNotCopied() throws Exception {
    mirrored(route -> {});
    mesh.endpoints("shadow", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    for (MethodDescriptor<String, String> method : List.of(EchoServer.CLIENT, EchoServer.BIDI)) {
      Received answers = new Received();
      StreamObserver<String> say =
          ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), answers);
      say.onNext("s");
      say.onCompleted();
      assertThat(answers.next()).isEqualTo("a s");
    }
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    awaitRequests(b, 1);
    assertThat(b.heads).containsExactly("orders:80 echo/Unary copy");
  }
}
