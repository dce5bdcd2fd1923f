package dev.meshagent.engine.snapshot.policy;

/**
 * A condition of retrying, by the name that Envoy gives it (x-envoy-retry-on,
 * x-envoy-retry-grpc-on); those that begin with {@code idempotent-} are ours and belong to the
 * default policy. What each means is in RetryConditions, beside the outcomes that it judges.
 */
public enum RetryOn {
  /** Any 5xx, or no answer at all. */
  FIVE_XX("5xx"),
  /** 502, 503 or 504. */
  GATEWAY_ERROR("gateway-error"),
  /** The connection broke, or timed out, before an answer. */
  RESET("reset"),
  /** Like reset, but only where nothing of the request was sent. */
  RESET_BEFORE_REQUEST("reset-before-request"),
  /** No connection was made, a timeout of connecting included. */
  CONNECT_FAILURE("connect-failure"),
  /** The peer refused the stream unprocessed. */
  REFUSED_STREAM("refused-stream"),
  /** 409. */
  RETRIABLE_4XX("retriable-4xx"),
  /** gRPC CANCELLED. */
  CANCELLED("cancelled"),
  /** gRPC DEADLINE_EXCEEDED. */
  DEADLINE_EXCEEDED("deadline-exceeded"),
  /** gRPC INTERNAL. */
  INTERNAL("internal"),
  /** gRPC RESOURCE_EXHAUSTED. */
  RESOURCE_EXHAUSTED("resource-exhausted"),
  /** gRPC UNAVAILABLE. */
  UNAVAILABLE("unavailable"),
  /** Reset, where the method is idempotent (RFC 9110 §9.2.2). */
  IDEMPOTENT_RESET("idempotent-reset"),
  /** 503, where the method is idempotent. */
  IDEMPOTENT_503("idempotent-503");

  /** The name in policies. */
  public final String text;

  RetryOn(String text) {
    this.text = text;
  }

  /** The condition of that name, or null. */
  public static RetryOn named(String text) {
    for (RetryOn condition : values()) {
      if (condition.text.equals(text)) {
        return condition;
      }
    }
    return null;
  }
}
