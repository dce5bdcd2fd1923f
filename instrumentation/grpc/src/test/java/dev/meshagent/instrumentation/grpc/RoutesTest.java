package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What routes say of calls: where they go, what is changed of them, and how long they may take. */
class RoutesTest extends MeshOfServers {
  @Test
  void aRewrittenPathAndAuthorityAreSent() {
    mesh.endpoints(
        "orders",
        policy(route -> route.rewrite = new Rewrite("/echo/Unary", null, "", "", "elsewhere")),
        a.port());
    MethodDescriptor<String, String> other =
        EchoServer.UNARY.toBuilder().setFullMethodName("echo/Other").build();
    assertThat(
            ClientCalls.blockingUnaryCall(channel("orders:80"), other, CallOptions.DEFAULT, "hi"))
        .isEqualTo("a hi");
    assertThat(a.heads).containsExactly("elsewhere echo/Unary null");
  }

  @Test
  void headersOfRequestAndResponseAreChanged() {
    allThree(
        policy(
            route -> {
              route.requestHeaders = new HeaderOps(Map.of("tag", "set"), Map.of(), List.of());
              route.responseHeaders = new HeaderOps(Map.of("tag", "back"), Map.of(), List.of());
            }));
    AtomicReference<Metadata> headers = new AtomicReference<>();
    ClientCalls.blockingUnaryCall(
        io.grpc.ClientInterceptors.intercept(
            channel("orders:80"),
            MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>())),
        EchoServer.UNARY,
        CallOptions.DEFAULT,
        "hi");
    assertThat(headers.get().getAll(EchoServer.TAG)).containsExactly("back");
    List<String> heads = new ArrayList<>(a.heads);
    heads.addAll(b.heads);
    heads.addAll(c.heads);
    assertThat(heads).containsExactly("orders:80 echo/Unary set");
  }

  @Test
  void theRoutesTimeoutBoundsTheCall() {
    allThree(policy(route -> route.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(200)));
    Status status = failure(() -> call(channel("orders:80"), "hang"));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void faultsDelayAndAbort() {
    allThree(
        policy(
            route ->
                route.fault =
                    new Fault(
                        100, TimeUnit.MILLISECONDS.toNanos(100), 100, 0, GrpcStatus.ABORTED)));
    long before = System.nanoTime();
    Status status = failure(() -> call(channel("orders:80"), "hi"));
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(100_000_000L);
    assertThat(status.getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(status.getDescription()).isEqualTo("fault filter abort");
    assertThat(a.calls.get() + b.calls.get() + c.calls.get()).isZero();
  }

  @Test
  void aRouteIsChosenByServiceAndMethod() {
    mesh.names("orders", "first", "second", "third");
    Match.Builder unary = new Match.Builder();
    unary.grpcService = StringMatch.exact("echo");
    unary.grpcMethod = StringMatch.exact("Unary");
    Match.Builder echo = new Match.Builder();
    echo.grpcService = StringMatch.exact("echo");
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes.add(to("first").match(unary.build()).build());
    policy.routes.add(to("second").match(echo.build()).build());
    mesh.endpoints("orders", policy.build(), c.port());
    mesh.endpoints("first", ServicePolicy.NONE, a.port());
    mesh.endpoints("second", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    assertThat(call(channel, "hi")).isEqualTo("a hi");
    assertThat(
            ClientCalls.blockingServerStreamingCall(
                    channel, EchoServer.SERVER, CallOptions.DEFAULT, "s")
                .next())
        .isEqualTo("b s0");
    MethodDescriptor<String, String> unknown =
        EchoServer.UNARY.toBuilder().setFullMethodName("other/Unary").build();
    Status none =
        failure(() -> ClientCalls.blockingUnaryCall(channel, unknown, CallOptions.DEFAULT, "hi"));
    assertThat(none.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(c.calls).hasValue(0);
  }

  @Test
  void aRouteIsChosenByHeaders() {
    mesh.names("orders", "beta");
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes.add(
        to("beta")
            .match(new Match.Builder().header("tag", StringMatch.exact("beta")).build())
            .build());
    policy.routes.add(new Route.Builder().to(Destination.subset("", 1)).build());
    mesh.endpoints("orders", policy.build(), a.port());
    mesh.endpoints("beta", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    Metadata beta = new Metadata();
    beta.put(EchoServer.TAG, "beta");
    assertThat(
            ClientCalls.blockingUnaryCall(
                io.grpc.ClientInterceptors.intercept(
                    channel, MetadataUtils.newAttachHeadersInterceptor(beta)),
                EchoServer.UNARY,
                CallOptions.DEFAULT,
                "hi"))
        .isEqualTo("b hi");
    assertThat(call(channel, "hi")).isEqualTo("a hi");
  }

  @Test
  void callsAreSharedOutByWeight() {
    mesh.names("orders", "light");
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes.add(
        new Route.Builder()
            .to(Destination.subset("", 3))
            .to(Destination.service(new ServiceId("default", "light"), 1))
            .build());
    mesh.endpoints("orders", policy.build(), a.port());
    mesh.endpoints("light", ServicePolicy.NONE, b.port());
    ManagedChannel channel = channel("orders:80");
    for (int i = 0; i < 400; i++) {
      call(channel, "hi");
    }
    // 100 are to be expected; farther than five standard deviations is one in two millions.
    assertThat(b.calls.get()).isBetween(56, 144);
    assertThat(a.calls.get() + b.calls.get()).isEqualTo(400);
  }

  private static Route.Builder to(String service) {
    return new Route.Builder().to(Destination.service(new ServiceId("default", service), 1));
  }
}
