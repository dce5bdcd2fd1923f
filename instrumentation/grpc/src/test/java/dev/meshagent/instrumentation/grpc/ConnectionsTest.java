package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which connections a channel makes to the endpoints of a service, and how long it keeps them. */
class ConnectionsTest extends MeshOfServers {
  @Test
  void fiftyEndpointsNeedNoNewConnectionsOnceTheyAreWarm() throws Exception {
    List<EchoServer> servers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      servers.add(server("s" + i));
    }
    mesh.endpoints(
        "orders", ServicePolicy.NONE, servers.stream().mapToInt(EchoServer::port).toArray());
    ManagedChannel channel = channel("orders:80");
    for (int i = 0; i < 3000; i++) {
      call(channel, "hi");
    }
    int warm = servers.stream().mapToInt(server -> server.connections.get()).sum();
    for (int i = 0; i < 1000; i++) {
      call(channel, "hi");
    }
    int after = servers.stream().mapToInt(server -> server.connections.get()).sum();
    System.out.println("gRPC: " + (after - warm) + " new connections in 1000 calls, 50 endpoints");
    assertThat(after - warm).isLessThanOrEqualTo(5);
  }

  @Test
  void aChannelThatWasIdleIsResolvedAgain() {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    channel.enterIdle();
    mesh.endpoints("orders", ServicePolicy.NONE, b.port());
    assertThat(call(channel, "hi")).isEqualTo("b hi");
  }

  @Test
  void aChannelConnectsWhenItIsAskedTo() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    until(() -> channel.getState(true) == ConnectivityState.READY);
    assertThat(a.calls).hasValue(0);
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    assertThat(a.connections).hasValue(1);
  }

  @Test
  void aConnectionThatIsNotMadeInTimeIsLeft() throws Exception {
    ServicePolicy.Builder hasty = new ServicePolicy.Builder();
    hasty.traffic =
        TrafficPolicy.DEFAULT.with(
            new Limits(0, 0, Limits.DEFAULT_PENDING, 0, TimeUnit.MILLISECONDS.toNanos(300), 0));
    // Connected to the one that answers beforehand, which may take its time on a busy machine.
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      mesh.endpoints("orders", hasty.build(), silent.getLocalPort(), a.port());
      for (int i = 0; i < 10; i++) {
        assertThat(call(channel, "hi")).isEqualTo("a hi");
      }
    }
  }

  @Test
  void anEndpointThatLeavesKeepsItsStreams() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    Received talk = new Received();
    StreamObserver<String> say =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk);
    say.onNext("x");
    assertThat(talk.next()).isEqualTo("a x");
    mesh.endpoints("orders", ServicePolicy.NONE, b.port());
    assertThat(call(channel, "hi")).isEqualTo("b hi");
    say.onNext("y");
    assertThat(talk.next()).isEqualTo("a y");
    say.onCompleted();
    talk.ended.get();
  }

  @Test
  void aServerThatDiesBreaksItsStreamsAndGetsNoMore() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    Received talk = new Received();
    StreamObserver<String> say =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk);
    say.onNext("x");
    assertThat(talk.next()).isEqualTo("a x");
    allThree(ServicePolicy.NONE);
    a.kill();
    assertThatThrownBy(talk.ended::get).hasRootCauseInstanceOf(StatusRuntimeException.class);
    for (int i = 0; i < 20; i++) {
      assertThat(call(channel, "hi")).matches("[bc] hi");
    }
  }
}
