package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PerThreadTest {
  /** More than there are places. */
  private static final int THREADS = 300;

  private final PerThread<String> current = new PerThread<>();

  @Test
  void aThreadHasWhatItSetLastUntilItIsCleared() {
    assertThat(current.get()).isNull();
    current.set("outer");
    current.set("inner");
    assertThat(current.get()).isEqualTo("inner");
    assertThat(current.size()).isOne();

    current.clear();
    current.clear();

    assertThat(current.get()).isNull();
    assertThat(current.size()).isZero();
  }

  @Test
  void threadsWhosePlaceIsTakenHaveTheirOwnToo() throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        threads.add(
            executor.submit(
                () -> {
                  current.set("first of " + number);
                  together.await(1, TimeUnit.MINUTES);
                  assertThat(current.get()).isEqualTo("first of " + number);
                  // Half of the places come free, for threads that had none.
                  if (number % 2 == 0) {
                    current.clear();
                    assertThat(current.get()).isNull();
                  }
                  together.await(1, TimeUnit.MINUTES);
                  current.set("second of " + number);
                  assertThat(current.get()).isEqualTo("second of " + number);
                  current.clear();
                  assertThat(current.get()).isNull();
                  return null;
                }));
      }
      for (Future<?> thread : threads) {
        thread.get(1, TimeUnit.MINUTES);
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(current.size()).isZero();
  }
}
