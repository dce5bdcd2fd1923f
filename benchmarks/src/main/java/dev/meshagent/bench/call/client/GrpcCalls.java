package dev.meshagent.bench.call.client;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** gRPC over its own copy of Netty: blocking unary calls, all over one channel. */
final class GrpcCalls implements Client {
  /** The one method of the shop's {@code payments}. */
  private static final MethodDescriptor<String, String> PAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("shop.Payments/Pay")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .setIdempotent(true)
          .build();

  private final ManagedChannel channel;

  GrpcCalls(String target) {
    channel = ManagedChannelBuilder.forTarget(target).usePlaintext().build();
  }

  @Override
  public void call() {
    ClientCalls.blockingUnaryCall(channel.newCall(PAY, CallOptions.DEFAULT), "x");
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
