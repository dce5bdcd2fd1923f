package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import io.grpc.CallOptions;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The service configs that make gRPC retry and hedge as a policy says. Thread-safe.
 *
 * <p>An answer of a server is retried because the mesh says so in its trailers (gRPC's pushback),
 * by the engine's conditions, budget and backoff. What breaks without an answer has no trailers:
 * only for a policy that asks for it explicitly gRPC itself is told to retry that, by its status. A
 * try whose time is up is ended with a status that gRPC always retries.
 */
final class MethodConfigs {
  /** gRPC takes no more, whatever a config says (gRFC A6). */
  static final int MOST_ATTEMPTS = 5;

  /** Ends a try that took too long; no transport ends a stream so. */
  static final Status TRY_AGAIN = Status.ABORTED;

  /** The same where further tries are under way or to come anyhow. */
  static final Status HEDGE_ON = Status.UNAVAILABLE;

  private static final int REMEMBERED = 64;
  private static final long HEDGE_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** A config that says nothing. */
  final Object none;

  /** False where the application switched retries off. */
  final boolean retries;

  private final NameResolver.ServiceConfigParser parser;
  private final CallOptions.Key<Object> key;
  private final Object retrying;
  private final Object retryingBroken;
  private final Map<Long, Object> hedging = new ConcurrentHashMap<>();

  MethodConfigs(NameResolver.ServiceConfigParser parser) throws ReflectiveOperationException {
    this.parser = parser;
    this.key = Channels.methodInfoKey(parser.getClass().getClassLoader());
    this.retries = Channels.retries(parser);
    this.none = parse(Collections.<String, Object>emptyMap());
    this.retrying = retries ? Channels.retryPolicy(methodInfo(retrying(false))) : null;
    this.retryingBroken = retries ? Channels.retryPolicy(methodInfo(retrying(true))) : null;
  }

  /**
   * The retry policy for one call, of gRPC's type.
   *
   * @return null for none
   */
  Object retryPolicy(RetryPolicy policy) {
    if (policy.retries == 0) {
      return null;
    }
    return policy.conditions.contains(RetryOn.RESET) || policy.conditions.contains(RetryOn.FIVE_XX)
        ? retryingBroken
        : retrying;
  }

  /** True if a call's options say something of its method. */
  boolean isIn(CallOptions options) {
    return options.getOption(key) != null;
  }

  /** The options of a call that is hedged. */
  CallOptions hedged(CallOptions options, long delayNanos) throws ReflectiveOperationException {
    // The observed percentile moves with every call; a config for each value would be too many.
    long millis = (delayNanos + HEDGE_STEP_NANOS - 1) / HEDGE_STEP_NANOS;
    Object known = hedging.get(millis);
    if (known == null) {
      known = methodInfo(hedging(millis));
      if (hedging.size() < REMEMBERED) {
        hedging.put(millis, known);
      }
    }
    return options.withOption(key, known);
  }

  private Object methodInfo(Map<String, ?> config) throws ReflectiveOperationException {
    return Channels.defaultMethodInfo(parse(config));
  }

  private static Map<String, ?> retrying(boolean broken) {
    Map<String, Object> policy = new HashMap<>();
    policy.put("maxAttempts", (double) MOST_ATTEMPTS);
    // The engine says when, either in the trailers or when the next try asks for its place.
    policy.put("initialBackoff", "0.001s");
    policy.put("maxBackoff", "0.001s");
    policy.put("backoffMultiplier", 1.0);
    List<String> codes = new ArrayList<>();
    codes.add(TRY_AGAIN.getCode().name());
    if (broken) {
      codes.add(Status.Code.UNAVAILABLE.name());
    }
    policy.put("retryableStatusCodes", codes);
    return method("retryPolicy", policy);
  }

  private static Map<String, ?> hedging(long delayMillis) {
    List<String> codes = new ArrayList<>();
    for (Status.Code code :
        Arrays.asList(
            Status.Code.UNAVAILABLE,
            Status.Code.CANCELLED,
            Status.Code.INTERNAL,
            Status.Code.RESOURCE_EXHAUSTED)) {
      codes.add(code.name());
    }
    Map<String, Object> policy = new HashMap<>();
    policy.put("maxAttempts", (double) MOST_ATTEMPTS);
    policy.put(
        "hedgingDelay",
        String.format(Locale.ROOT, "%d.%03ds", delayMillis / 1000, delayMillis % 1000));
    policy.put("nonFatalStatusCodes", codes);
    return method("hedgingPolicy", policy);
  }

  private static Map<String, ?> method(String kind, Map<String, ?> policy) {
    Map<String, Object> method = new HashMap<>();
    method.put("name", Collections.singletonList(Collections.<String, Object>emptyMap()));
    method.put(kind, policy);
    return Collections.singletonMap("methodConfig", Collections.singletonList(method));
  }

  private Object parse(Map<String, ?> config) {
    ConfigOrError parsedConfig = parser.parseServiceConfig(config);
    if (parsedConfig.getConfig() == null) {
      throw new IllegalStateException(config + " is refused: " + parsedConfig.getError());
    }
    return parsedConfig.getConfig();
  }
}
