package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.scripted.Weaving;
import dev.meshagent.spi.Mesh;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A mesh of this process: three servers of gRPC, and channels to them through the engine. */
@Timeout(60)
abstract class MeshOfServers {
  /** Far more than a request needs to its server, also where there is little time for the test. */
  static final long TRY_MILLIS = 700;

  final List<AutoCloseable> open = new ArrayList<>();
  LocalMesh mesh;
  EchoServer a;
  EchoServer b;
  EchoServer c;

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new GrpcModule());
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

  final EchoServer server(String name) throws Exception {
    EchoServer server = EchoServer.start(name);
    open.add(server);
    return server;
  }

  final ManagedChannel channel(String target) {
    return channel(target, builder -> {});
  }

  final ManagedChannel channel(String target, Consumer<ManagedChannelBuilder<?>> settings) {
    ManagedChannelBuilder<?> builder = ManagedChannelBuilder.forTarget(target).usePlaintext();
    settings.accept(builder);
    ManagedChannel channel = builder.build();
    open.add(
        () -> assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue());
    return channel;
  }

  final void allThree(ServicePolicy policy) {
    mesh.endpoints("orders", policy, a.port(), b.port(), c.port());
  }

  static ServicePolicy roundRobin() {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.traffic = TrafficPolicy.balancing(BalancePolicy.of(Algorithm.ROUND_ROBIN));
    return policy.build();
  }

  static ServicePolicy policy(Consumer<Route.Builder> settings) {
    Route.Builder route = new Route.Builder();
    route.to(Destination.subset("", 1));
    settings.accept(route);
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes.add(route.build());
    return policy.build();
  }

  static RetryPolicy retrying(int retries, RetryOn... on) {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    Collections.addAll(conditions, on);
    return new RetryPolicy(retries, conditions, Set.of(), 0, 1_000_000, 2_000_000, true, false);
  }

  /** Waits, for as long as the test may take. */
  static void until(BooleanSupplier holds) {
    while (!holds.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new IllegalStateException("waited in vain");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  static String call(ManagedChannel channel, String request) {
    return ClientCalls.blockingUnaryCall(channel, EchoServer.UNARY, CallOptions.DEFAULT, request);
  }

  static Status failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
    throw new AssertionError("the call did not fail");
  }

  static CompletableFuture<String> hang(ManagedChannel channel, EchoServer at) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT), "hang", new Completing(answer));
    until(() -> at.hanging() != 0);
    return answer;
  }

  /** What a stream received, in order. */
  static final class Received implements StreamObserver<String> {
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
  static final class Completing implements StreamObserver<String> {
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

  /** With that time for each try. */
  static RetryPolicy trying(long perTryMillis, int retries, RetryOn... on) {
    RetryPolicy policy = retrying(retries, on);
    return new RetryPolicy(
        policy.retries,
        policy.conditions,
        policy.statuses,
        TimeUnit.MILLISECONDS.toNanos(perTryMillis),
        policy.backoffBaseNanos,
        policy.backoffMaxNanos,
        policy.avoidPrevious,
        policy.remoteLocalities);
  }

  /** A channel that is connected to the three, so that connecting takes no time of what follows. */
  final ManagedChannel connected(Consumer<ManagedChannelBuilder<?>> settings) {
    allThree(roundRobin());
    ManagedChannel channel = channel("orders:80", settings);
    for (EchoServer server : List.of(a, b, c)) {
      until(() -> !call(channel, "hi").isEmpty() && server.calls.get() > 0);
    }
    for (EchoServer server : List.of(a, b, c)) {
      server.calls.set(0);
    }
    return channel;
  }

  /** How many calls have come to the three. */
  final int calls() {
    return a.calls.get() + b.calls.get() + c.calls.get();
  }

  /** A call whose answer comes into a future. */
  static CompletableFuture<String> ask(ManagedChannel channel, String request) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(EchoServer.UNARY, CallOptions.DEFAULT), request, new Completing(answer));
    return answer;
  }
}
