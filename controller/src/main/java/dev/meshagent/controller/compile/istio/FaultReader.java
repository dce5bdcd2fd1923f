package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.GrpcCodes;
import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.Fault;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Reads {@code HTTPFaultInjection}. Stateless. */
final class FaultReader {
  private static final int LOWEST_STATUS = 200;
  private static final int HIGHEST_STATUS = 599;
  private static final int NO_GRPC = -1;

  private FaultReader() {}

  static Optional<Fault> at(Node http) {
    return http.object("fault").map(FaultReader::read);
  }

  private static Fault read(Node node) {
    if (node.present("delay", "abort").isEmpty()) {
      node.error("has neither delay nor abort; write one, or take the fault out");
    }
    Delay delay = node.object("delay").map(FaultReader::delay).orElse(new Delay(0, 0));
    Abort abort = node.object("abort").map(FaultReader::abort).orElse(new Abort(0, 0, NO_GRPC));
    node.end();
    return new Fault(delay.percent, delay.nanos, abort.percent, abort.status, abort.grpcStatus);
  }

  private static Delay delay(Node node) {
    node.refuse("exponentialDelay", "write a fixedDelay");
    if (!node.has("fixedDelay")) {
      node.error("fixedDelay", "is missing; write how long calls are held up");
    }
    long nanos = node.nanosFrom("fixedDelay", TimeUnit.MILLISECONDS.toNanos(1), "1ms").orElse(0);
    node.atMostOne("percentage", "percent");
    double percent =
        node.has("percent") ? node.number("percent", 0, 100).orElse(0) : percentage(node);
    node.end();
    return new Delay(percent, nanos);
  }

  private static Abort abort(Node node) {
    node.refuse("http2Error", "write an httpStatus or a grpcStatus");
    node.exactlyOne("httpStatus", "grpcStatus");
    int status = node.integer("httpStatus", LOWEST_STATUS, HIGHEST_STATUS, 0);
    int grpcStatus = NO_GRPC;
    Optional<String> grpc = node.text("grpcStatus");
    if (grpc.isPresent()) {
      OptionalInt code = GrpcCodes.of(grpc.get());
      if (code.isEmpty()) {
        node.error("grpcStatus", "is no status of gRPC; write one such as UNAVAILABLE, or 14");
      }
      grpcStatus = code.orElse(NO_GRPC);
    }
    double percent = percentage(node);
    node.end();
    return new Abort(percent, status, grpcStatus);
  }

  private static double percentage(Node node) {
    if (!node.has("percentage")) {
      node.warn(
          "percentage", "is missing, so no call is concerned (as in Istio); write value: 100");
    }
    return Percentages.at(node, "percentage");
  }

  private record Delay(double percent, long nanos) {}

  private record Abort(double percent, int status, int grpcStatus) {}
}
