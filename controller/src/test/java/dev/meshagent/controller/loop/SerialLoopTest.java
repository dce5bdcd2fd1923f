package dev.meshagent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class SerialLoopTest {
  private static final int TASKS = 10_000;

  private final SerialLoop loop = new SerialLoop();

  @AfterEach
  void stop() {
    loop.close();
  }

  @Test
  void everyTaskRunsOnceInTheOrderOfItsThread() throws Exception {
    int threads = 4;
    List<List<Integer>> ran = new ArrayList<>();
    List<Thread> senders = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(threads * TASKS);
    for (int t = 0; t < threads; t++) {
      List<Integer> mine = new ArrayList<>();
      ran.add(mine);
      senders.add(
          new Thread(
              () -> {
                for (int i = 0; i < TASKS; i++) {
                  int number = i;
                  loop.execute(
                      () -> {
                        mine.add(number);
                        done.countDown();
                      });
                }
              }));
    }
    senders.forEach(Thread::start);
    done.await();
    List<Integer> all = IntStream.range(0, TASKS).boxed().toList();
    assertThat(ran).allSatisfy(mine -> assertThat(mine).isEqualTo(all));
  }

  @Test
  void whatIsDueIsNotKeptWaitingByTasksThatMakeMoreOfThemselves() throws Exception {
    CompletableFuture<Void> due = new CompletableFuture<>();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            if (!due.isDone()) {
              loop.execute(this);
            }
          }
        };
    loop.execute(endless);
    loop.schedule(() -> due.complete(null), 1_000_000);
    due.get();
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheNext() throws Exception {
    CompletableFuture<Void> next = new CompletableFuture<>();
    loop.execute(
        () -> {
          throw new IllegalStateException("a task that fails on purpose");
        });
    loop.execute(() -> next.complete(null));
    next.get();
  }
}
