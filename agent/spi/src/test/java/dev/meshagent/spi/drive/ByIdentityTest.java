package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByIdentityTest {
  private static final int THREADS = 8;

  /** So many that some find a place and some do not. */
  private static final int KEYS = 1_000;

  private final ByIdentity<String> values = new ByIdentity<>();

  @Test
  void aValueIsThereUntilItIsTaken() {
    Object key = new Object();
    values.put(key, "value");
    assertThat(values.get(key)).isEqualTo("value");
    assertThat(values.get(new Object())).isNull();

    assertThat(values.take(new Object())).isNull();
    assertThat(values.take(key)).isEqualTo("value");

    assertThat(values.get(key)).isNull();
    assertThat(values.take(key)).isNull();
    assertThat(values.size()).isZero();
  }

  @Test
  void eachOfMoreKeysThanThereArePlacesHasItsOwnValue() {
    List<Object> keys = keys();
    for (int i = 0; i < KEYS; i++) {
      values.put(keys.get(i), "value of " + i);
    }
    assertThat(values.size()).isEqualTo(KEYS);
    for (int i = 0; i < KEYS; i++) {
      assertThat(values.get(keys.get(i))).isEqualTo("value of " + i);
    }
    for (int i = 0; i < KEYS; i++) {
      assertThat(values.take(keys.get(i))).isEqualTo("value of " + i);
      assertThat(values.size()).isEqualTo(KEYS - 1 - i);
    }
  }

  @Test
  void whatKeysSayOfThemselvesIsNotAsked() {
    List<Object> keys = new ArrayList<>(Collections.nCopies(KEYS, null));
    keys.replaceAll(
        none ->
            new Object() {
              @Override
              public boolean equals(Object other) {
                throw new IllegalStateException("asked for equality");
              }

              @Override
              public int hashCode() {
                throw new IllegalStateException("asked for a hash");
              }
            });
    keys.forEach(key -> values.put(key, "value"));
    keys.forEach(key -> assertThat(values.take(key)).isEqualTo("value"));
    assertThat(values.size()).isZero();
  }

  @Test
  void aKeyThatIsPutAgainIsTakenAsOften() {
    Object key = new Object();
    values.put(key, "first");
    values.put(key, "second");
    assertThat(Arrays.asList(values.take(key), values.take(key)))
        .containsExactlyInAnyOrder("first", "second");
    assertThat(values.take(key)).isNull();
  }

  @Test
  void oneOfManyThreadsTakesAValue() throws Exception {
    List<Object> keys = keys();
    ConcurrentHashMap<String, AtomicInteger> taken = new ConcurrentHashMap<>();
    CyclicBarrier together = new CyclicBarrier(THREADS);
    onThreads(
        thread -> {
          for (int round = 0; round < 20; round++) {
            for (int i = thread; i < KEYS; i += THREADS) {
              values.put(keys.get(i), round + " of " + i);
            }
            together.await(1, TimeUnit.MINUTES);
            for (int i = 0; i < KEYS; i++) {
              String value = values.take(keys.get(i));
              if (value != null) {
                assertThat(value).isEqualTo(round + " of " + i);
                taken.computeIfAbsent(value, any -> new AtomicInteger()).incrementAndGet();
              }
            }
            together.await(1, TimeUnit.MINUTES);
          }
        });
    assertThat(taken).hasSize(20 * KEYS);
    assertThat(taken.values()).allSatisfy(times -> assertThat(times).hasValue(1));
    assertThat(values.size()).isZero();
  }

  @Test
  void aThreadFindsItsOwnWhileOthersComeAndGo() throws Exception {
    onThreads(
        thread -> {
          List<Object> keys = keys();
          for (int round = 0; round < 20; round++) {
            for (int i = 0; i < KEYS; i++) {
              values.put(keys.get(i), thread + " " + i);
              assertThat(values.get(keys.get(i))).isEqualTo(thread + " " + i);
              if (i >= 40) {
                assertThat(values.take(keys.get(i - 40))).isEqualTo(thread + " " + (i - 40));
                assertThat(values.get(keys.get(i - 40))).isNull();
              }
            }
            for (int i = KEYS - 40; i < KEYS; i++) {
              assertThat(values.take(keys.get(i))).isEqualTo(thread + " " + i);
            }
          }
        });
    assertThat(values.size()).isZero();
  }

  private static List<Object> keys() {
    List<Object> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add(new Object());
    }
    return keys;
  }

  private interface OfThread {
    void run(int thread) throws Exception;
  }

  private static void onThreads(OfThread what) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        running.add(
            executor.submit(
                () -> {
                  what.run(thread);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(1, TimeUnit.MINUTES);
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
