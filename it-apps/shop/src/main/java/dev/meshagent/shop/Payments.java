package dev.meshagent.shop;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;

/** Says what an item costs, over gRPC. Calls nobody. */
public final class Payments {
  private Payments() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    Server server =
        Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder(PaymentsApi.SERVICE)
                    .addMethod(
                        PaymentsApi.PAY,
                        ServerCalls.asyncUnaryCall(
                            (item, answer) -> {
                              answer.onNext(Math.floorMod(item.hashCode(), 90) + 10 + " euro");
                              answer.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    System.out.println("payments ready on http://127.0.0.1:" + server.getPort());
    server.awaitTermination();
  }
}
