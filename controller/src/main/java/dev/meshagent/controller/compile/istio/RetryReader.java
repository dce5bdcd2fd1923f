package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code HTTPRetry}, which is obeyed to the letter. Stateless. */
final class RetryReader {
  private static final int MOST_ATTEMPTS = 100;

  /** Istio's, where retries are written without conditions. */
  private static final Set<RetryOn> DEFAULT_CONDITIONS =
      EnumSet.of(
          RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM, RetryOn.UNAVAILABLE, RetryOn.CANCELLED);

  /** Envoy's base interval, and how many times it the longest backoff is. */
  private static final long DEFAULT_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private static final int MOST_BACKOFFS = 10;

  private RetryReader() {}

  /** Empty where the route says nothing of retries: the mesh's default then holds. */
  static Optional<RetryPolicy> at(Node http) {
    return http.object("retries").map(RetryReader::read);
  }

  private static RetryPolicy read(Node node) {
    if (!node.has("attempts")) {
      node.error("attempts", "is missing; write how often to try again, 0 for never");
    }
    int attempts = node.integer("attempts", 0, MOST_ATTEMPTS, 0);
    long perTry = node.nanos("perTryTimeout").orElse(0);
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    Set<Integer> statuses = new TreeSet<>();
    String written = node.text("retryOn", "");
    if (written.isBlank()) {
      conditions.addAll(DEFAULT_CONDITIONS);
    } else {
      for (String word : written.split(",", -1)) {
        condition(node, word.trim(), conditions, statuses);
      }
    }
    long base =
        node.nanosFrom("backoff", TimeUnit.MILLISECONDS.toNanos(1), "1ms")
            .orElse(DEFAULT_BACKOFF_NANOS);
    boolean avoidPrevious = node.flag("retryIgnorePreviousHosts", true);
    boolean remote = node.flag("retryRemoteLocalities", false);
    node.end();
    return attempts == 0
        ? RetryPolicy.NEVER
        : new RetryPolicy(
            attempts,
            conditions,
            statuses,
            perTry,
            base,
            base * MOST_BACKOFFS,
            avoidPrevious,
            remote);
  }

  private static void condition(
      Node node, String word, Set<RetryOn> conditions, Set<Integer> statuses) {
    RetryOn condition = RetryOn.named(word);
    if (condition != null) {
      conditions.add(condition);
    } else if (word.matches("[1-5][0-9][0-9]")) {
      statuses.add(Integer.parseInt(word));
    } else if (!word.equals("retriable-status-codes")) {
      // That one only says that the numbers beside it are meant, which is so anyway.
      node.error(
          "retryOn",
          "'"
              + word
              + "' is no condition that this mesh obeys; write some of "
              + Stream.of(RetryOn.values()).map(on -> on.text).collect(Collectors.joining(", "))
              + " or HTTP statuses, with commas between");
    }
  }
}
