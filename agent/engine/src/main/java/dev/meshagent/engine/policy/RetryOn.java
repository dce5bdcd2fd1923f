package dev.meshagent.engine.policy;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;

/**
 * A condition of retrying, by the name that Envoy gives it (x-envoy-retry-on,
 * x-envoy-retry-grpc-on); those that begin with {@code idempotent-} are ours and belong to the
 * default policy.
 */
public enum RetryOn {
  /** Any 5xx, or no answer at all. */
  FIVE_XX("5xx") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return http(outcome) >= 500 || noAnswer(outcome);
    }
  },
  /** 502, 503 or 504. */
  GATEWAY_ERROR("gateway-error") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      int status = http(outcome);
      return status == 502 || status == 503 || status == 504;
    }
  },
  /** The connection broke, or timed out, before an answer. */
  RESET("reset") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return noAnswer(outcome);
    }
  },
  /** Like reset, but only where nothing of the request was sent. */
  RESET_BEFORE_REQUEST("reset-before-request") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return unsent(outcome);
    }
  },
  /** No connection was made, a timeout of connecting included. */
  CONNECT_FAILURE("connect-failure") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return unsent(outcome);
    }
  },
  /** The peer refused the stream unprocessed. */
  REFUSED_STREAM("refused-stream") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.failure == Failure.REFUSED_STREAM;
    }
  },
  /** 409. */
  RETRIABLE_4XX("retriable-4xx") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return http(outcome) == 409;
    }
  },
  /** gRPC CANCELLED. */
  CANCELLED("cancelled") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.grpcStatus == GrpcStatus.CANCELLED;
    }
  },
  /** gRPC DEADLINE_EXCEEDED. */
  DEADLINE_EXCEEDED("deadline-exceeded") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.grpcStatus == GrpcStatus.DEADLINE_EXCEEDED;
    }
  },
  /** gRPC INTERNAL. */
  INTERNAL("internal") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.grpcStatus == GrpcStatus.INTERNAL;
    }
  },
  /** gRPC RESOURCE_EXHAUSTED. */
  RESOURCE_EXHAUSTED("resource-exhausted") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.grpcStatus == GrpcStatus.RESOURCE_EXHAUSTED;
    }
  },
  /** gRPC UNAVAILABLE. */
  UNAVAILABLE("unavailable") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.grpcStatus == GrpcStatus.UNAVAILABLE;
    }
  },
  /** Reset, where the method is idempotent (RFC 9110 §9.2.2). */
  IDEMPOTENT_RESET("idempotent-reset") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return outcome.failure == Failure.RESET && idempotent(head.method());
    }
  },
  /** 503, where the method is idempotent. */
  IDEMPOTENT_503("idempotent-503") {
    @Override
    boolean matches(RequestHead head, Outcome outcome) {
      return http(outcome) == 503 && idempotent(head.method());
    }
  };

  /** The name in policies. */
  public final String text;

  RetryOn(String text) {
    this.text = text;
  }

  abstract boolean matches(RequestHead head, Outcome outcome);

  /** The condition of that name, or null. */
  public static RetryOn named(String text) {
    for (RetryOn condition : values()) {
      if (condition.text.equals(text)) {
        return condition;
      }
    }
    return null;
  }

  /** True if nothing of the request reached the peer. */
  public static boolean unsent(Outcome outcome) {
    return outcome.failure == Failure.CONNECT || outcome.failure == Failure.CONNECT_TIMEOUT;
  }

  static boolean noAnswer(Outcome outcome) {
    switch (outcome.failure) {
      case CONNECT:
      case CONNECT_TIMEOUT:
      case REFUSED_STREAM:
      case RESET:
      case TIMEOUT:
        return true;
      default:
        return false;
    }
  }

  /** The HTTP status, or 0 where none came or gRPC's own status says more. */
  static int http(Outcome outcome) {
    return outcome.failure == Failure.NONE && outcome.grpcStatus < 0 ? outcome.status : 0;
  }

  /** True if the method is idempotent by RFC 9110 §9.2.2. */
  public static boolean idempotent(String method) {
    switch (method) {
      case "GET":
      case "HEAD":
      case "OPTIONS":
      case "TRACE":
      case "PUT":
      case "DELETE":
        return true;
      default:
        return false;
    }
  }
}
