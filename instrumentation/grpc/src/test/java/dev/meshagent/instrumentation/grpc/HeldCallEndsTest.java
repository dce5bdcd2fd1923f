package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.Route;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How calls end that cannot begin at once. */
class HeldCallEndsTest extends MeshOfServers {
  private static void delayedForAnHour(Route.Builder route) {
    route.fault = new Fault(100, TimeUnit.HOURS.toNanos(1), 0, 0, -1);
  }

  @Test
  void aDelayedCallCanBeCancelled() {
    allThree(policy(HeldCallEndsTest::delayedForAnHour));
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCall<String, String> call =
        channel("orders:80").newCall(EchoServer.UNARY, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "hi", new Completing(answer));
    call.cancel("enough", null);
    assertThatThrownBy(answer::get).hasMessageContaining("CANCELLED: enough");
    assertThat(calls()).isZero();
    assertThat(mesh.timers()).isZero();
  }

  @Test
  void theDeadlineOfADelayedCallHolds() {
    allThree(policy(HeldCallEndsTest::delayedForAnHour));
    Status status =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel("orders:80"),
                    EchoServer.UNARY,
                    CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS),
                    "hi"));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(calls()).isZero();
  }

  @Test
  void anErrorOfTheEngineLeavesADelayedCallToGrpc() {
    allThree(policy(HeldCallsTest::delayed));
    mesh.broken.add("next");
    assertThat(failure(() -> call(channel("orders:80"), "hi")).getDescription())
        .contains("resolve host");
    assertThat(calls()).isZero();
    assertThat(mesh.errors).isNotEmpty();
  }

  @Test
  void whatTheApplicationsMarshallerThrowsEndsTheDelayedCallAlone() {
    allThree(policy(HeldCallsTest::delayed));
    ManagedChannel channel = channel("orders:80");
    RuntimeException unfit = new IllegalStateException("unfit");
    assertThat(unwritten(channel, unfit).getCause()).isSameAs(unfit);
    assertThat(unwritten(channel, new NoClassDefFoundError("shop/Order")).getDescription())
        .contains("sendMessage", "Error");
    assertThat(call(channel, "hi")).endsWith(" hi");
    assertThat(mesh.errors).isEmpty();
  }

  private static Status unwritten(ManagedChannel channel, Throwable thrown) {
    Status status =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, unwritable(thrown), CallOptions.DEFAULT, "hi"));
    assertThat(status.getCode()).isEqualTo(Status.Code.CANCELLED);
    return status;
  }

  private static MethodDescriptor<String, String> unwritable(Throwable thrown) {
    return EchoServer.UNARY.toBuilder(
            new MethodDescriptor.Marshaller<String>() {
              @Override
              public InputStream stream(String value) {
                if (thrown instanceof Error) {
                  throw (Error) thrown;
                }
                throw (RuntimeException) thrown;
              }

              @Override
              public String parse(InputStream stream) {
                throw new UnsupportedOperationException("a client parses no request");
              }
            },
            EchoServer.UNARY.getResponseMarshaller())
        .build();
  }

  @Test
  void aDelayedCallThatCannotBeStartedIsClosed() {
    allThree(policy(HeldCallsTest::delayed));
    ManagedChannel channel = channel("orders:80");
    RuntimeException thrown = new IllegalStateException("no tracer");
    CallOptions untraceable =
        CallOptions.DEFAULT.withStreamTracerFactory(
            new ClientStreamTracer.Factory() {
              @Override
              public ClientStreamTracer newClientStreamTracer(
                  ClientStreamTracer.StreamInfo info, Metadata headers) {
                throw thrown;
              }
            });
    Status status =
        failure(() -> ClientCalls.blockingUnaryCall(channel, EchoServer.UNARY, untraceable, "hi"));
    assertThat(status.getCause()).isSameAs(thrown);
    assertThat(call(channel, "hi")).endsWith(" hi");
    assertThat(mesh.errors).isEmpty();
  }

  @Test
  void whatIsSentAfterTheEndOfADelayedCallIsNotKept() {
    allThree(policy(HeldCallEndsTest::delayedForAnHour));
    ClientCall<String, String> call =
        channel("orders:80").newCall(EchoServer.BIDI, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    WeakReference<String> before = sent(call);
    call.cancel("enough", null);
    WeakReference<String> after = sent(call);
    until(
        () -> {
          System.gc();
          return before.get() == null && after.get() == null;
        });
    assertThat(call.isReady()).isFalse();
  }

  private static WeakReference<String> sent(ClientCall<String, String> call) {
    String message = new String("large");
    call.sendMessage(message);
    return new WeakReference<>(message);
  }

  @Test
  void aDelayedCallIsStartedOnce() {
    allThree(policy(HeldCallEndsTest::delayedForAnHour));
    ClientCall<String, String> call =
        channel("orders:80").newCall(EchoServer.UNARY, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    assertThatThrownBy(() -> call.start(new ClientCall.Listener<>() {}, new Metadata()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Already started");
    call.cancel("enough", null);
  }
}
