package dev.meshagent.instrumentation.grpc;

import static io.grpc.stub.ServerCalls.asyncBidiStreamingCall;
import static io.grpc.stub.ServerCalls.asyncClientStreamingCall;
import static io.grpc.stub.ServerCalls.asyncServerStreamingCall;
import static io.grpc.stub.ServerCalls.asyncUnaryCall;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of gRPC on a port of the loopback, which answers with its name and what it was sent. The
 * request {@code fail CODE} fails with that status, {@code hang} is never answered, and {@code hang
 * at NAME} is not by the server of that name.
 */
final class EchoServer implements AutoCloseable {
  static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
  static final MethodDescriptor<String, String> CLIENT =
      method("Client", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<String, String> SERVER =
      method("Server", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<String, String> BIDI = method("Bidi", MethodType.BIDI_STREAMING);

  static final Metadata.Key<String> TAG = Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER);

  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();

  /** The authority and the path of each call, and the metadata that it carried. */
  final Queue<String> heads = new ConcurrentLinkedQueue<>();

  /** The requests of calls that have one, in order. */
  final Queue<String> requests = new ConcurrentLinkedQueue<>();

  /** The streams of answers that were sent to their end. */
  final AtomicInteger completed = new AtomicInteger();

  /** Who hangs. */
  private final Queue<StreamObserver<String>> hanging = new ConcurrentLinkedQueue<>();

  /** Counted down when a call that hangs is cancelled. */
  final CountDownLatch cancelled = new CountDownLatch(1);

  private final String name;
  private final Server server;
  private final int port;

  private EchoServer(String name, int port) throws IOException {
    this.name = name;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addTransportFilter(new Connections())
            .intercept(new Heads())
            .addService(
                ServerServiceDefinition.builder("echo")
                    .addMethod(UNARY, asyncUnaryCall(this::answer))
                    .addMethod(SERVER, asyncServerStreamingCall(this::answerThrice))
                    .addMethod(CLIENT, asyncClientStreamingCall(this::gather))
                    .addMethod(BIDI, asyncBidiStreamingCall(this::converse))
                    .build())
            .build()
            .start();
    this.port = server.getPort();
  }

  static EchoServer start(String name) throws IOException {
    return new EchoServer(name, 0);
  }

  static EchoServer start(String name, int port) throws IOException {
    return new EchoServer(name, port);
  }

  int port() {
    return port;
  }

  /** How many calls hang; a call comes before its request does. */
  int hanging() {
    return hanging.size();
  }

  /** Answers all calls that hang. */
  void answerHanging() {
    for (StreamObserver<String> out; (out = hanging.poll()) != null; ) {
      out.onNext(name + " late");
      out.onCompleted();
    }
  }

  /** Fails all calls that hang. */
  void failHanging() {
    for (StreamObserver<String> out; (out = hanging.poll()) != null; ) {
      out.onError(Status.INTERNAL.asRuntimeException());
    }
  }

  private void answer(String request, StreamObserver<String> out) {
    requests.add(request);
    if (request.startsWith("fail ")) {
      out.onError(Status.Code.valueOf(request.substring(5)).toStatus().asRuntimeException());
    } else if (request.equals("hang") || request.equals("hang at " + name)) {
      Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
      hanging.add(out);
    } else {
      out.onNext(name + " " + request);
      out.onCompleted();
    }
  }

  private void answerThrice(String request, StreamObserver<String> out) {
    requests.add(request);
    ((ServerCallStreamObserver<String>) out).setOnCloseHandler(completed::incrementAndGet);
    for (int i = 0; i < 3; i++) {
      out.onNext(name + " " + request + i);
    }
    out.onCompleted();
  }

  private StreamObserver<String> gather(StreamObserver<String> out) {
    List<String> all = new ArrayList<>();
    return new Sink(out) {
      @Override
      public void onNext(String value) {
        all.add(value);
      }

      @Override
      public void onCompleted() {
        out.onNext(name + " " + String.join(",", all));
        out.onCompleted();
      }
    };
  }

  private StreamObserver<String> converse(StreamObserver<String> out) {
    return new Sink(out) {
      @Override
      public void onNext(String value) {
        out.onNext(name + " " + value);
      }

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }

  /** As a process that is killed: connections break, and nothing is said. */
  void kill() {
    try {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("echo", name))
        .setRequestMarshaller(new Utf8())
        .setResponseMarshaller(new Utf8())
        .build();
  }

  private abstract static class Sink implements StreamObserver<String> {
    private final StreamObserver<String> out;

    Sink(StreamObserver<String> out) {
      this.out = out;
    }

    @Override
    public void onError(Throwable error) {
      out.onError(error);
    }
  }

  private final class Connections extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }
  }

  private final class Heads implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      calls.incrementAndGet();
      heads.add(
          call.getAuthority()
              + " "
              + call.getMethodDescriptor().getFullMethodName()
              + " "
              + headers.get(TAG));
      return next.startCall(
          new SimpleForwardingServerCall<Q, S>(call) {
            @Override
            public void sendHeaders(Metadata answered) {
              answered.put(TAG, name);
              super.sendHeaders(answered);
            }
          },
          headers);
    }
  }

  private static final class Utf8 implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
