package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls of gRPC through the engine, in process, over real sockets. */
class CallsTest extends MeshOfServers {
  @Test
  void callsOfOneChannelAreSpreadEvenly() {
    allThree(roundRobin());
    ManagedChannel channel = channel("orders:8080");
    Map<String, Integer> answered = new TreeMap<>();
    for (int i = 0; i < 300; i++) {
      answered.merge(call(channel, "hi").substring(0, 1), 1, Integer::sum);
    }
    assertThat(answered).containsExactlyInAnyOrderEntriesOf(Map.of("a", 100, "b", 100, "c", 100));
    assertThat(a.connections).hasValue(1);
    assertThat(b.connections).hasValue(1);
    assertThat(c.connections).hasValue(1);
    assertThat(channel.authority()).isEqualTo("orders:8080");
    assertThat(a.heads).allMatch(head -> head.startsWith("orders:8080 echo/Unary"));
  }

  @Test
  void everyKindOfStreamPasses() throws Exception {
    allThree(ServicePolicy.NONE);
    ManagedChannel channel = channel("dns:///orders");
    for (int i = 0; i < 20; i++) {
      Iterator<String> served =
          ClientCalls.blockingServerStreamingCall(
              channel, EchoServer.SERVER, CallOptions.DEFAULT, "s");
      List<String> all = new ArrayList<>();
      served.forEachRemaining(all::add);
      assertThat(all).hasSize(3).allMatch(each -> each.matches("[abc] s[012]"));

      Received gathered = new Received();
      StreamObserver<String> up =
          ClientCalls.asyncClientStreamingCall(
              channel.newCall(EchoServer.CLIENT, CallOptions.DEFAULT), gathered);
      up.onNext("1");
      up.onNext("2");
      up.onCompleted();
      gathered.ended.get();
      assertThat(gathered.next()).matches("[abc] 1,2");

      Received talk = new Received();
      StreamObserver<String> say =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk);
      say.onNext("x");
      String first = talk.next();
      say.onNext("y");
      assertThat(talk.next()).isEqualTo(first.substring(0, 1) + " y");
      say.onCompleted();
      talk.ended.get();
    }
  }

  @Test
  void aTargetThatIsNoMeshNameIsLeftToGrpc() {
    allThree(ServicePolicy.NONE);
    EchoServer outside = a;
    assertThat(call(channel("localhost:" + outside.port()), "hi")).isEqualTo("a hi");
    assertThat(call(channel("127.0.0.1:" + outside.port()), "hi")).isEqualTo("a hi");
    assertThat(failure(() -> call(channel("nobody.invalid:80"), "hi")).getDescription())
        .contains("Unable to resolve host nobody.invalid");
    assertThat(mesh.report().series).isEmpty();
  }

  @Test
  void aNameEntersAndLeavesTheMeshWhileItsChannelIsOpen() {
    mesh.names();
    ManagedChannel channel = channel("orders.invalid:80");
    assertThat(failure(() -> call(channel, "hi")).getDescription()).contains("resolve host");
    ManagedChannel late = channel("orders:80");
    assertThat(failure(() -> call(late, "hi")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    allThree(ServicePolicy.NONE);
    mesh.names("orders");
    assertThat(
            ClientCalls.blockingUnaryCall(
                late, EchoServer.UNARY, CallOptions.DEFAULT.withWaitForReady(), "hi"))
        .matches("[abc] hi");
    mesh.names();
    assertThat(failure(() -> callUntilItFails(late)).getDescription()).contains("resolve host");
    mesh.names("orders");
    assertThat(
            ClientCalls.blockingUnaryCall(
                late, EchoServer.UNARY, CallOptions.DEFAULT.withWaitForReady(), "hi"))
        .matches("[abc] hi");
  }

  private static void callUntilItFails(ManagedChannel channel) {
    while (true) {
      call(channel, "hi");
    }
  }

  @Test
  void withoutAnyEndpointTheEnginesMessageIsTheStatus() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE);
    Status none = failure(() -> call(channel("orders:80"), "hi"));
    assertThat(none.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(none.getDescription()).contains("default/orders: no endpoint left");
    a.kill();
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    Status refused = failure(() -> call(channel("orders:80"), "hi"));
    assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refused.getDescription()).contains("default/orders: no connection after");
  }

  @Test
  void metadataDeadlineAndCancellationReachTheServer() throws Exception {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    ManagedChannel channel = channel("orders:80");
    Metadata sent = new Metadata();
    sent.put(EchoServer.TAG, "mine");
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    String answer =
        ClientCalls.blockingUnaryCall(
            io.grpc.ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers)),
            EchoServer.UNARY,
            CallOptions.DEFAULT,
            "hi");
    assertThat(answer).isEqualTo("a hi");
    assertThat(a.heads).containsExactly("orders:80 echo/Unary mine");
    assertThat(headers.get().get(EchoServer.TAG)).isEqualTo("a");

    Status late =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    EchoServer.UNARY,
                    CallOptions.DEFAULT.withDeadline(
                        Deadline.after(TRY_MILLIS, TimeUnit.MILLISECONDS)),
                    "hang"));
    assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    a.cancelled.await();

    mesh.endpoints("orders", ServicePolicy.NONE, b.port());
    CompletableFuture<String> hanging = new CompletableFuture<>();
    ClientCall<String, String> call = channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "hang", new Completing(hanging));
    until(() -> !b.requests.isEmpty());
    call.cancel("enough", null);
    b.cancelled.await();
    assertThatThrownBy(hanging::get).hasMessageContaining("CANCELLED: enough");
  }

  @Test
  void aChannelThatLooksUpNoServiceConfigIsBalancedAllTheSame() {
    allThree(roundRobin());
    ManagedChannel channel =
        channel("orders:80", ManagedChannelBuilder::disableServiceConfigLookUp);
    for (int i = 0; i < 60; i++) {
      call(channel, "hi");
    }
    assertThat(List.of(a.calls.get(), b.calls.get(), c.calls.get()))
        .allSatisfy(calls -> assertThat(calls).isPositive());
  }

  @Test
  void anErrorOfTheAgentLeavesTheCallToGrpc() {
    mesh.names("localhost.localdomain", "orders");
    mesh.broken.add("meaning");
    ManagedChannel channel = channel("orders:80");
    assertThat(failure(() -> call(channel, "hi")).getDescription()).contains("resolve host");
    assertThat(mesh.errors).hasSize(1);
  }

  @Test
  void anErrorOfTheEngineLeavesTheCallToGrpc() {
    allThree(ServicePolicy.NONE);
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).matches("[abc] hi");
    mesh.broken.add("open");
    assertThat(failure(() -> call(channel, "hi")).getDescription()).contains("resolve host");
    assertThat(mesh.errors).isNotEmpty();
  }

  @Test
  void anAttemptThatTheAgentCannotSendIsGivenBackAndTheCallLeftToGrpc() {
    allThree(ServicePolicy.NONE);
    mesh.broken.add("headers");
    assertThat(failure(() -> call(channel("orders:80"), "hi")).getDescription())
        .contains("resolve host");
    assertThat(calls()).isZero();
    assertThat(mesh.errors).hasSize(1);
    assertThat(mesh.givenBack).hasValue(1);
  }

  @Test
  void anErrorOfTheEngineAtTheFirstStepLeavesNothingOfTheCallInIt() {
    allThree(ServicePolicy.NONE);
    mesh.broken.add("step");
    assertThat(failure(() -> call(channel("orders:80"), "hi")).getDescription())
        .contains("resolve host");
    assertThat(mesh.errors).isNotEmpty();
    until(mesh.unfit::isEmpty);
  }

  @Test
  void norDoesOneAtTheFirstStepOfACallThatBeganBeforeItsNameWasAServices() {
    mesh.names();
    ManagedChannel channel = channel("orders:80");
    assertThat(failure(() -> call(channel, "hi")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT.withWaitForReady()),
        "hi",
        new Completing(answer));
    allThree(ServicePolicy.NONE);
    mesh.broken.add("step");
    mesh.names("orders");
    until(() -> !mesh.errors.isEmpty() && mesh.unfit.isEmpty());
    assertThat(answer).isNotDone();
  }

  @Test
  void anErrorOfTheAgentAtTheHeadersOfAnAnswerIsNoneOfTheCalls() {
    allThree(ServicePolicy.NONE);
    mesh.broken.add("answer");
    assertThat(call(channel("orders:80"), "hi")).matches("[abc] hi");
    assertThat(mesh.errors).hasSize(1);
  }

  @Test
  void anErrorOfTheAgentAtTheTrailersOfAnAnswerIsNoneOfTheCalls() {
    allThree(ServicePolicy.NONE);
    mesh.broken.add("answer");
    Status status = failure(() -> call(channel("orders:80"), "fail NOT_FOUND"));
    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(mesh.errors).hasSize(1);
  }

  @Test
  void anErrorOfTheEngineAtTheEndOfACallIsNoneOfTheCalls() {
    allThree(ServicePolicy.NONE);
    mesh.broken.add("finish");
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).matches("[abc] hi");
    assertThat(call(channel, "ho")).matches("[abc] ho");
    assertThat(mesh.errors).hasSize(2);
  }

  @Test
  void aStreamThatBreaksAfterItsAnswerHasBegunCountsAgainstItsEndpoint() throws Exception {
    Relay cut = new Relay(a.port());
    mesh.endpoints("orders", ServicePolicy.NONE, cut.port());
    Received talk = new Received();
    ClientCalls.asyncBidiStreamingCall(
            channel("orders:80").newCall(EchoServer.BIDI, CallOptions.DEFAULT), talk)
        .onNext("x");
    talk.next();
    cut.close();
    assertThatThrownBy(talk.ended::get).hasMessageContaining("UNAVAILABLE");
    assertThat(mesh.report().endpoints)
        .singleElement()
        .matches(endpoint -> endpoint.failures == 1 && endpoint.outstanding == 0);
  }
}
