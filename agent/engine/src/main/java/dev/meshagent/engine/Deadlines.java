package dev.meshagent.engine;

import dev.meshagent.engine.call.RequestHead;

/** When a call must be over: the route's timeout, or the deadline that the caller carries. */
final class Deadlines {
  private static final long MOST_NANOS = Long.MAX_VALUE / 4;

  private Deadlines() {}

  /** In ns on the engine's clock; {@link Long#MAX_VALUE} for never. */
  static long of(long timeoutNanos, RequestHead head, long openedNanos) {
    long most = timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos;
    if (head.grpc()) {
      most = Math.min(most, grpcTimeout(head.header("grpc-timeout")));
    }
    return most == Long.MAX_VALUE ? Long.MAX_VALUE : openedNanos + Math.min(most, MOST_NANOS);
  }

  /** gRPC's Timeout header: at most eight digits and a unit. What is malformed does not count. */
  static long grpcTimeout(String header) {
    if (header == null || header.length() < 2 || header.length() > 9) {
      return Long.MAX_VALUE;
    }
    long value = 0;
    for (int i = 0; i < header.length() - 1; i++) {
      char digit = header.charAt(i);
      if (digit < '0' || digit > '9') {
        return Long.MAX_VALUE;
      }
      value = value * 10 + digit - '0';
    }
    switch (header.charAt(header.length() - 1)) {
      case 'n':
        return value;
      case 'u':
        return value * 1_000;
      case 'm':
        return value * 1_000_000;
      case 'S':
        return value * 1_000_000_000;
      case 'M':
        return value * 60_000_000_000L;
      case 'H':
        return Math.min(MOST_NANOS, value * 3_600_000_000_000L);
      default:
        return Long.MAX_VALUE;
    }
  }
}
