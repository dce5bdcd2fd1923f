package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.resilience.RetryBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A budget is never overspent, whatever the order of requests, retries and time. */
class RetryBudgetProperties {
  private static final long SECOND = 1_000_000_000L;

  /** What happens: up to 29 a retry, from 30 on requests, from 90 on a step of time. */
  @Property
  void retriesOfTheWindowAreNeverMoreThanItsShare(
      @ForAll @IntRange(min = 0, max = 100) int percent,
      @ForAll @IntRange(min = 0, max = 20) int free,
      @ForAll @Size(min = 50, max = 400) List<@IntRange(min = 0, max = 100) Integer> events) {
    RetryBudget budget = new RetryBudget(percent, free, 0);
    ArrayDeque<Long> requests = new ArrayDeque<>();
    ArrayDeque<Long> retries = new ArrayDeque<>();
    long now = 0;
    for (int event : events) {
      if (event >= 90) {
        now += (event - 89) * SECOND / 4;
      } else if (event >= 30) {
        budget.deposit(now);
        requests.add(now / SECOND);
      } else if (budget.tryWithdraw(now)) {
        retries.add(now / SECOND);
        long oldest = now / SECOND - RetryBudget.WINDOW_SECONDS;
        requests.removeIf(slot -> slot < oldest);
        retries.removeIf(slot -> slot < oldest);
        assertThat((double) retries.size())
            .isLessThanOrEqualTo(
                requests.size() * percent / 100.0 + free * RetryBudget.WINDOW_SECONDS);
      }
    }
  }

  @Property(tries = 20)
  void threadsDoNotOverspendItTogether(@ForAll @IntRange(min = 1, max = 500) int requests)
      throws InterruptedException {
    RetryBudget budget = new RetryBudget(20, 10, 0);
    for (int i = 0; i < requests; i++) {
      budget.deposit(0);
    }
    AtomicInteger withdrawn = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 200; n++) {
                  if (budget.tryWithdraw(0)) {
                    withdrawn.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(withdrawn.get()).isEqualTo((int) (requests * 0.2 + 100));
  }
}
