package dev.meshagent.shop;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows an order (GET) or takes one (POST): each time asks {@code inventory} about it, and {@code
 * payments}, over gRPC, unless {@code shop.payments} is empty.
 */
public final class Orders {
  private static final String INVENTORY = System.getProperty("shop.inventory", "http://inventory");
  private static final String PAYMENTS = System.getProperty("shop.payments", "dns:///payments");

  private final Caller caller = new Apache5Caller();
  private final ManagedChannel payments =
      PAYMENTS.isEmpty() ? null : ManagedChannelBuilder.forTarget(PAYMENTS).usePlaintext().build();
  private final AtomicLong taken = new AtomicLong();

  private Orders() {}

  public static void main(String[] args) throws IOException {
    new Web("orders", args).on("/orders/", new Orders()::answer).start();
  }

  private String answer(String method, String item, String body)
      throws IOException, InterruptedException {
    String stock = caller.get(INVENTORY + "/stock/" + item);
    String order =
        method.equals("POST")
            ? "order " + taken.incrementAndGet() + " of " + item + " taken, " + stock
            : "order of " + item + ", " + stock;
    return payments == null ? order : order + ", " + pay(item);
  }

  private String pay(String item) throws IOException {
    try {
      return ClientCalls.blockingUnaryCall(
          payments.newCall(
              PaymentsApi.PAY,
              CallOptions.DEFAULT.withDeadlineAfter(Caller.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)),
          item);
    } catch (StatusRuntimeException e) {
      throw new IOException("payments answered " + e.getStatus(), e);
    }
  }
}
