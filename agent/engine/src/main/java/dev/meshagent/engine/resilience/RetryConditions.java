package dev.meshagent.engine.resilience;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;

/** Whether a policy wants the outcome of an attempt tried again, condition by condition. */
public final class RetryConditions {
  private RetryConditions() {}

  /** True if the policy wants this outcome of this request tried again. */
  public static boolean wants(RetryPolicy policy, RequestHead head, Outcome outcome) {
    if (outcome.failure == Failure.NONE && outcome.grpcStatus == GrpcStatus.OK) {
      return false;
    }
    if (outcome.failure == Failure.NONE && outcome.grpcStatus < 0) {
      if (outcome.status < 400 && policy.statuses.isEmpty()) {
        return false;
      }
      if (policy.statuses.contains(outcome.status)) {
        return true;
      }
    }
    for (RetryOn condition : policy.conditions) {
      if (holds(condition, head, outcome)) {
        return true;
      }
    }
    return false;
  }

  static boolean holds(RetryOn condition, RequestHead head, Outcome outcome) {
    int status = http(outcome);
    switch (condition) {
      case FIVE_XX:
        return status >= 500 || noAnswer(outcome);
      case GATEWAY_ERROR:
        return status == 502 || status == 503 || status == 504;
      case RESET:
        return noAnswer(outcome);
      case RESET_BEFORE_REQUEST:
      case CONNECT_FAILURE:
        return outcome.failure.unsent();
      case REFUSED_STREAM:
        return outcome.failure == Failure.REFUSED_STREAM;
      case RETRIABLE_4XX:
        return status == 409;
      case CANCELLED:
        return outcome.grpcStatus == GrpcStatus.CANCELLED;
      case DEADLINE_EXCEEDED:
        return outcome.grpcStatus == GrpcStatus.DEADLINE_EXCEEDED;
      case INTERNAL:
        return outcome.grpcStatus == GrpcStatus.INTERNAL;
      case RESOURCE_EXHAUSTED:
        return outcome.grpcStatus == GrpcStatus.RESOURCE_EXHAUSTED;
      case UNAVAILABLE:
        return outcome.grpcStatus == GrpcStatus.UNAVAILABLE;
      case IDEMPOTENT_RESET:
        return outcome.failure == Failure.RESET && idempotent(head.method());
      case IDEMPOTENT_503:
        return status == 503 && idempotent(head.method());
      default:
        throw new IllegalStateException("unknown condition " + condition);
    }
  }

  private static boolean noAnswer(Outcome outcome) {
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
  private static int http(Outcome outcome) {
    return outcome.failure == Failure.NONE && outcome.grpcStatus < 0 ? outcome.status : 0;
  }

  /** True if the method is idempotent by RFC 9110 §9.2.2. */
  private static boolean idempotent(String method) {
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

  /**
   * The backoff before a retry.
   *
   * @param retry 1 for the first
   * @param drawn any 64 bits, by chance
   * @return in ns; -1 if the server asks for more than the policy's patience: then it is believed,
   *     and its answer stands
   */
  public static long backoffNanos(RetryPolicy policy, int retry, Outcome outcome, long drawn) {
    long ceiling = policy.backoffCeilingNanos(retry);
    long backoff = ceiling == 0 ? 0 : (drawn & Long.MAX_VALUE) % (ceiling + 1);
    if (outcome.retryAfterNanos < 0) {
      return backoff;
    }
    if (outcome.retryAfterNanos > policy.backoffMaxNanos) {
      return -1;
    }
    // gRPC's pushback is the backoff; Retry-After is the least that it may be.
    return outcome.grpcStatus >= 0
        ? outcome.retryAfterNanos
        : Math.max(backoff, outcome.retryAfterNanos);
  }
}
