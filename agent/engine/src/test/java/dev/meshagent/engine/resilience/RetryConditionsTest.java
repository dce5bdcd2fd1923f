package dev.meshagent.engine.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's documentation of x-envoy-retry-on and x-envoy-retry-grpc-on, as a table. */
final class RetryConditionsTest {

  private static Outcome outcome(String text) {
    if (text.startsWith("grpc-")) {
      return Outcome.grpc(Integer.parseInt(text.substring(5)), -1);
    }
    return Character.isDigit(text.charAt(0))
        ? Outcome.response(Integer.parseInt(text), -1)
        : Outcome.failure(Failure.valueOf(text), null);
  }

  @ParameterizedTest
  @CsvSource({
    "5xx, 500, true",
    "5xx, 503, true",
    "5xx, 404, false",
    "5xx, RESET, true",
    "5xx, TIMEOUT, true",
    "5xx, CONNECT, true",
    "5xx, REFUSED_STREAM, true",
    "5xx, grpc-14, false",
    "5xx, CANCELLED, false",
    "gateway-error, 502, true",
    "gateway-error, 503, true",
    "gateway-error, 504, true",
    "gateway-error, 500, false",
    "gateway-error, 501, false",
    "reset, RESET, true",
    "reset, TIMEOUT, true",
    "reset, 503, false",
    "reset-before-request, CONNECT, true",
    "reset-before-request, RESET, false",
    "connect-failure, CONNECT, true",
    "connect-failure, CONNECT_TIMEOUT, true",
    "connect-failure, RESET, false",
    "connect-failure, TIMEOUT, false",
    "refused-stream, REFUSED_STREAM, true",
    "refused-stream, RESET, false",
    "retriable-4xx, 409, true",
    "retriable-4xx, 404, false",
    "retriable-4xx, 429, false",
    "cancelled, grpc-1, true",
    "cancelled, CANCELLED, false",
    "deadline-exceeded, grpc-4, true",
    "deadline-exceeded, 504, false",
    "internal, grpc-13, true",
    "internal, 500, false",
    "resource-exhausted, grpc-8, true",
    "resource-exhausted, 429, false",
    "unavailable, grpc-14, true",
    "unavailable, 503, false",
  })
  void conditionsMeanWhatEnvoySays(String condition, String outcome, boolean matches) {
    assertThat(
            RetryConditions.holds(
                RetryOn.named(condition), TestRequest.post("http://orders/"), outcome(outcome)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, CONNECT, true",
    "POST, CONNECT, true",
    "POST, CONNECT_TIMEOUT, true",
    "POST, REFUSED_STREAM, true",
    "GET, RESET, true",
    "PUT, RESET, true",
    "DELETE, RESET, true",
    "POST, RESET, false",
    "PATCH, RESET, false",
    "GET, 503, true",
    "POST, 503, false",
    "GET, 500, false",
    "GET, 502, false",
    "GET, TIMEOUT, false",
    "GET, 429, false",
    "POST, grpc-14, true",
    "POST, grpc-1, true",
    "POST, grpc-13, false",
    "GET, OTHER, false",
  })
  void theDefaultNeverRepeatsWhatMayHaveBeenProcessed(
      String method, String outcome, boolean retried) {
    assertThat(
            RetryConditions.wants(
                RetryPolicy.DEFAULT,
                TestRequest.get("http://orders/").method(method),
                outcome(outcome)))
        .isEqualTo(retried);
  }

  @Test
  void statusesAreRetriedBesideTheConditions() {
    RetryPolicy policy =
        new RetryPolicy(
            1, EnumSet.noneOf(RetryOn.class), Collections.singleton(429), 0, 0, 0, true, false);
    TestRequest request = TestRequest.post("http://orders/");
    assertThat(RetryConditions.wants(policy, request, Outcome.response(429, -1))).isTrue();
    assertThat(RetryConditions.wants(policy, request, Outcome.response(428, -1))).isFalse();
  }

  @Test
  void backoffDoublesUpToItsMaximum() {
    RetryPolicy policy = RetryPolicy.DEFAULT;
    assertThat(Arrays.asList(1, 2, 3, 4, 5, 60).stream().map(policy::backoffCeilingNanos))
        .containsExactly(
            25_000_000L, 50_000_000L, 100_000_000L, 200_000_000L, 250_000_000L, 250_000_000L);
  }
}
