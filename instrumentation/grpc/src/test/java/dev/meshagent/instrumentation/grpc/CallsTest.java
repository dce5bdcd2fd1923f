package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.spi.Mesh;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of gRPC through the engine, in process, over real sockets. */
@Timeout(60)
class CallsTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private LocalMesh mesh;
  private EchoServer a;
  private EchoServer b;
  private EchoServer c;

  @BeforeAll
  static void weave() {
    Weaving.ensure();
  }

  @BeforeEach
  void start() throws Exception {
    mesh = new LocalMesh();
    Mesh.install(mesh);
    mesh.names("orders");
    a = server("a");
    b = server("b");
    c = server("c");
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    Mesh.install(null);
    assertThat(mesh.broken.isEmpty() ? mesh.errors : List.of()).isEmpty();
  }

  private EchoServer server(String name) throws Exception {
    EchoServer server = EchoServer.start(name);
    open.add(server);
    return server;
  }

  private ManagedChannel channel(String target) {
    return channel(target, builder -> {});
  }

  private ManagedChannel channel(String target, Consumer<ManagedChannelBuilder<?>> settings) {
    ManagedChannelBuilder<?> builder = ManagedChannelBuilder.forTarget(target).usePlaintext();
    settings.accept(builder);
    ManagedChannel channel = builder.build();
    open.add(
        () -> assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue());
    return channel;
  }

  private void allThree(ServicePolicy policy) {
    mesh.endpoints("orders", policy, a.port(), b.port(), c.port());
  }

  private static ServicePolicy roundRobin() {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.traffic = TrafficPolicy.balancing(BalancePolicy.of(Algorithm.ROUND_ROBIN));
    return policy.build();
  }

  private static ServicePolicy policy(Consumer<Route.Builder> settings) {
    Route.Builder route = new Route.Builder();
    route.to(Destination.subset("", 1));
    settings.accept(route);
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes.add(route.build());
    return policy.build();
  }

  private static RetryPolicy retrying(int retries, RetryOn... on) {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    Collections.addAll(conditions, on);
    return new RetryPolicy(retries, conditions, Set.of(), 0, 1_000_000, 2_000_000, true, false);
  }

  private static String call(ManagedChannel channel, String request) {
    return ClientCalls.blockingUnaryCall(channel, EchoServer.UNARY, CallOptions.DEFAULT, request);
  }

  private static Status failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
    throw new AssertionError("the call did not fail");
  }

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
  void aConnectFailureGoesToAnotherEndpoint() throws Exception {
    b.kill();
    c.kill();
    allThree(ServicePolicy.NONE);
    ManagedChannel channel = channel("orders:80");
    for (int i = 0; i < 20; i++) {
      assertThat(call(channel, "hi")).isEqualTo("a hi");
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
                    CallOptions.DEFAULT.withDeadline(Deadline.after(200, TimeUnit.MILLISECONDS)),
                    "hang"));
    assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    a.cancelled.await();

    mesh.endpoints("orders", ServicePolicy.NONE, b.port());
    CompletableFuture<String> hanging = new CompletableFuture<>();
    ClientCall<String, String> call = channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "hang", new Completing(hanging));
    while (b.calls.get() == 0) {
      Thread.yield();
    }
    call.cancel("enough", null);
    b.cancelled.await();
    assertThatThrownBy(hanging::get).hasMessageContaining("CANCELLED: enough");
  }

  @Test
  void anAnswerIsRetriedAsThePolicySaysAndNoMore() {
    mesh.endpoints(
        "orders", policy(route -> route.retry = retrying(3, RetryOn.RESOURCE_EXHAUSTED)), a.port());
    ManagedChannel channel = channel("orders:80");
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Status status =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    io.grpc.ClientInterceptors.intercept(
                        channel,
                        MetadataUtils.newCaptureMetadataInterceptor(
                            new AtomicReference<>(), trailers)),
                    EchoServer.UNARY,
                    CallOptions.DEFAULT,
                    "fail RESOURCE_EXHAUSTED"));
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(a.calls).hasValue(4);
    assertThat(trailers.get().keys()).doesNotContain("grpc-retry-pushback-ms");
    assertThat(failure(() -> call(channel, "fail INTERNAL")).getCode())
        .isEqualTo(Status.Code.INTERNAL);
    assertThat(a.calls).hasValue(5);
    assertThat(mesh.report().series)
        .allSatisfy(series -> assertThat(series.toString()).isNotEmpty())
        .isNotEmpty();
  }

  @Test
  void aRetryGoesToAnotherEndpoint() throws Exception {
    allThree(ServicePolicy.NONE);
    ManagedChannel channel = channel("orders:80");
    failure(() -> call(channel, "fail UNAVAILABLE"));
    assertThat(List.of(a.calls.get(), b.calls.get(), c.calls.get())).containsOnly(1);
  }

  @Test
  void whatBreaksWithoutAnAnswerIsRetriedOnlyWhereThePolicySaysSo() throws Exception {
    Relay toA = new Relay(a.port());
    Relay toC = new Relay(c.port());
    mesh.endpoints("orders", ServicePolicy.NONE, toA.port());
    ManagedChannel channel = channel("orders:80");
    CompletableFuture<String> broken = hang(channel, a);
    mesh.endpoints("orders", ServicePolicy.NONE, b.port());
    toA.close();
    assertThatThrownBy(broken::get).hasMessageContaining("UNAVAILABLE");
    assertThat(b.calls).hasValue(0);

    ServicePolicy explicit = policy(route -> route.retry = retrying(2, RetryOn.RESET));
    mesh.endpoints("orders", explicit, toC.port());
    CompletableFuture<String> repeated = hang(channel, c);
    mesh.endpoints("orders", explicit, b.port());
    toC.close();
    while (b.calls.get() == 0) {
      Thread.yield();
    }
    assertThat(repeated).isNotDone();
  }

  private static CompletableFuture<String> hang(ManagedChannel channel, EchoServer at) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT), "hang", new Completing(answer));
    while (at.calls.get() == 0) {
      Thread.yield();
    }
    return answer;
  }

  @Test
  void aHedgedCallGoesToFurtherEndpointsWhileTheFirstIsSilent() {
    ServicePolicy hedging =
        policy(route -> route.hedge = new Hedge(TimeUnit.MILLISECONDS.toNanos(20), 2));
    allThree(hedging);
    ManagedChannel channel = channel("orders:80");
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCall<String, String> call = channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "hang", new Completing(answer));
    while (a.calls.get() + b.calls.get() + c.calls.get() < 3) {
      Thread.yield();
    }
    call.cancel("seen enough", null);
    assertThat(List.of(a.calls.get(), b.calls.get(), c.calls.get())).containsOnly(1);
    assertThat(call(channel, "hi")).matches("[abc] hi");
  }

  @Test
  void theRoutesTimeoutBoundsTheCall() {
    allThree(policy(route -> route.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(200)));
    Status status = failure(() -> call(channel("orders:80"), "hang"));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void theRoutesTimeoutBoundsADelayedCall() {
    allThree(
        policy(
            route -> {
              route.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(300);
              route.fault = new Fault(100, TimeUnit.MILLISECONDS.toNanos(20), 0, 0, -1);
            }));
    Status status = failure(() -> call(channel("orders:80"), "hang"));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(a.calls.get() + b.calls.get() + c.calls.get()).isEqualTo(1);
  }

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
    while (channel.getState(true) != ConnectivityState.READY) {
      Thread.yield();
    }
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
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      mesh.endpoints("orders", hasty.build(), silent.getLocalPort(), a.port());
      ManagedChannel channel = channel("orders:80");
      for (int i = 0; i < 10; i++) {
        assertThat(call(channel, "hi")).isEqualTo("a hi");
      }
    }
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
  void theApplicationsServiceConfigIsKept() {
    mesh.endpoints("orders", ServicePolicy.NONE, a.port());
    Map<String, Object> retry = new TreeMap<>();
    retry.put("maxAttempts", 3.0);
    retry.put("initialBackoff", "0.001s");
    retry.put("maxBackoff", "0.001s");
    retry.put("backoffMultiplier", 1.0);
    retry.put("retryableStatusCodes", List.of("INTERNAL"));
    Map<String, Object> method =
        Map.of("name", List.of(Map.of("service", "echo")), "retryPolicy", retry);
    Map<String, Object> config =
        Map.of(
            "methodConfig",
            List.of(method),
            "loadBalancingConfig",
            List.of(Map.of("round_robin", Map.of())));
    ManagedChannel channel = channel("orders:80", builder -> builder.defaultServiceConfig(config));
    failure(() -> call(channel, "fail INTERNAL"));
    assertThat(a.calls).hasValue(3);
    failure(() -> call(channel, "fail UNAVAILABLE"));
    assertThat(a.calls).hasValue(4);
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

  /** What a stream received, in order. */
  private static final class Received implements StreamObserver<String> {
    private final BlockingQueue<String> values = new LinkedBlockingQueue<>();
    final CompletableFuture<Void> ended = new CompletableFuture<>();

    String next() throws InterruptedException {
      return values.take();
    }

    @Override
    public void onNext(String value) {
      values.add(value);
    }

    @Override
    public void onError(Throwable error) {
      ended.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }

  /** Completes a future with the one answer. */
  private static final class Completing implements StreamObserver<String> {
    private final CompletableFuture<String> answer;

    Completing(CompletableFuture<String> answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(String value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable error) {
      answer.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {}
  }
}
