package dev.meshagent.controller.names;

import dev.meshagent.controller.loop.Loop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps the addresses of the names that policy gives: each is looked up when it is first wanted and
 * {@value #EVERY_SECONDS} s after each answer (Envoy's default). A lookup that fails leaves the
 * addresses as they were. Runs on the loop, and never waits there.
 */
public final class NameLookups {
  private static final long EVERY_SECONDS = 5;

  /** Answers are told together that come so close: each telling places every endpoint anew. */
  private static final long GATHER_MILLIS = 10;

  private final Loop loop;
  private final Resolver resolver;
  private final Consumer<HostAddresses> onChange;

  /** The names that are wanted; each wish is an object of its own, so that an old one is known. */
  private final Map<String, Object> wanted = new HashMap<>();

  private final Map<String, HostAddresses.Answer> answers = new HashMap<>();
  private boolean gathering;

  /**
   * @param onChange told on the loop of all that is known, {@value #GATHER_MILLIS} ms after it has
   *     changed
   */
  public NameLookups(Loop loop, Resolver resolver, Consumer<HostAddresses> onChange) {
    this.loop = loop;
    this.resolver = resolver;
    this.onChange = onChange;
  }

  /** From now on these names are looked up, and no others. */
  public void want(Set<String> hosts) {
    wanted.keySet().retainAll(hosts);
    if (answers.keySet().retainAll(hosts)) {
      tell();
    }
    for (String host : hosts) {
      if (!wanted.containsKey(host)) {
        Object wish = new Object();
        wanted.put(host, wish);
        lookUp(host, wish);
      }
    }
  }

  private void lookUp(String host, Object wish) {
    resolver
        .resolve(host)
        .whenComplete((found, problem) -> loop.execute(() -> answered(host, wish, found, problem)));
  }

  private void answered(String host, Object wish, List<String> found, Throwable problem) {
    if (wanted.get(host) != wish) {
      return;
    }
    loop.schedule(() -> lookUpAgain(host, wish), TimeUnit.SECONDS.toNanos(EVERY_SECONDS));
    HostAddresses.Answer before = answers.get(host);
    HostAddresses.Answer now =
        problem == null
            // Name servers turn the order about; that is no change.
            ? new HostAddresses.Answer(
                found.stream().distinct().sorted().toList(), Optional.empty())
            : new HostAddresses.Answer(
                before == null ? List.of() : before.addresses(), Optional.of(text(problem)));
    if (!now.equals(before)) {
      answers.put(host, now);
      tell();
    }
  }

  private void lookUpAgain(String host, Object wish) {
    if (wanted.get(host) == wish) {
      lookUp(host, wish);
    }
  }

  private static String text(Throwable problem) {
    Throwable cause =
        problem instanceof CompletionException && problem.getCause() != null
            ? problem.getCause()
            : problem;
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void tell() {
    if (!gathering) {
      gathering = true;
      loop.schedule(
          () -> {
            gathering = false;
            onChange.accept(new HostAddresses(answers));
          },
          TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS));
    }
  }
}
