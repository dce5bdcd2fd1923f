package dev.meshagent.it.shop;

import dev.meshagent.testbed.Polling;
import dev.meshagent.testbed.Shop;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Judges by what the instances themselves counted how calls are spread over them. */
final class Fairness {
  private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(120);

  /** Enough calls that a third of them is no accident. */
  private static final long CALLS_JUDGED = 60;

  /**
   * Half of an even share: the balancer weighs latency, and a JVM that has just started is slower.
   */
  private static final double FAIR = 0.5;

  private Fairness() {}

  /** Waits until these instances have answered that many more calls, each at least one. */
  static void awaitTraffic(Shop shop, List<Shop.Instance> instances, long calls) {
    Map<Shop.Instance, Long> before = served(shop, instances);
    long deadline = System.nanoTime() + GIVE_UP_AFTER.toNanos();
    while (true) {
      Map<Shop.Instance, Long> more = minus(served(shop, instances), before);
      long all = more.values().stream().mapToLong(Long::longValue).sum();
      if (all >= calls && more.values().stream().allMatch(one -> one > 0)) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "in " + GIVE_UP_AFTER.toSeconds() + " s the instances answered " + more);
      }
      Polling.pause();
    }
  }

  /**
   * How long it takes from now until the newest instance gets its share of a run of calls.
   *
   * @return the time at which the first fair run of calls began
   */
  static Duration newestGetsItsShareAfter(Shop shop, List<Shop.Instance> instances) {
    Shop.Instance newest = instances.get(instances.size() - 1);
    long began = System.nanoTime();
    long runBegan = began;
    Map<Shop.Instance, Long> before = served(shop, instances);
    while (System.nanoTime() - began < GIVE_UP_AFTER.toNanos()) {
      Polling.pause();
      Map<Shop.Instance, Long> now = served(shop, instances);
      Map<Shop.Instance, Long> more = minus(now, before);
      long all = more.values().stream().mapToLong(Long::longValue).sum();
      if (all >= CALLS_JUDGED) {
        if (more.get(newest) >= FAIR * all / instances.size()) {
          return Duration.ofNanos(runBegan - began);
        }
        before = now;
        runBegan = System.nanoTime();
      }
    }
    throw new AssertionError(
        newest.name() + " got no fair share in " + GIVE_UP_AFTER.toSeconds() + " s");
  }

  private static Map<Shop.Instance, Long> served(Shop shop, List<Shop.Instance> instances) {
    Map<Shop.Instance, Long> served = new HashMap<>();
    instances.forEach(instance -> served.put(instance, shop.stats(instance).served()));
    return served;
  }

  private static Map<Shop.Instance, Long> minus(
      Map<Shop.Instance, Long> now, Map<Shop.Instance, Long> before) {
    Map<Shop.Instance, Long> more = new HashMap<>(now);
    more.replaceAll((instance, served) -> served - before.get(instance));
    return more;
  }
}
