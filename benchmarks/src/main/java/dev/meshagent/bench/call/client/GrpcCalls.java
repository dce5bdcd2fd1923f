package dev.meshagent.bench.call.client;

import dev.meshagent.shop.PaymentsApi;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.ClientCalls;

/** gRPC over its own copy of Netty: blocking unary calls, all over one channel. */
final class GrpcCalls implements Client {
  private final ManagedChannel channel;

  GrpcCalls(String target) {
    channel = ManagedChannelBuilder.forTarget(target).usePlaintext().build();
  }

  @Override
  public void call() {
    ClientCalls.blockingUnaryCall(channel.newCall(PaymentsApi.PAY, CallOptions.DEFAULT), "x");
  }
}
