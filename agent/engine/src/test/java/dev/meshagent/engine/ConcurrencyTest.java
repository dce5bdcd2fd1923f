package dev.meshagent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many threads call while snapshots are swapped and others cancel: nothing is lost or left. */
final class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int CALLS = 5_000;
  private static final int LIMIT = 6;

  private final AtomicLong time = new AtomicLong(1_000_000_000L);
  private final Engine engine =
      new Engine(
          // Time passes with every look at the clock, so that windows and slots turn as well.
          () -> time.addAndGet(10_000),
          new Randomness() {
            @Override
            public long nextLong() {
              return ThreadLocalRandom.current().nextLong();
            }

            @Override
            public int nextInt(int bound) {
              return ThreadLocalRandom.current().nextInt(bound);
            }
          },
          new EngineSettings("default", Locality.UNKNOWN, Collections.emptyMap(), 0),
          service -> {});

  private static final class Tally {
    long calls;
    long attempts;
  }

  @Test
  void everyCallIsCountedOnceAndEveryPlaceGivenBack() throws Exception {
    engine.names(
        NameTable.EMPTY.with(
            Collections.singletonList(NamedService.of(Mesh.ORDERS)), Collections.emptyList()));
    swap(0);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    try {
      CountDownLatch done = new CountDownLatch(THREADS);
      List<Future<Tally>> tallies = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        Callable<Tally> calling =
            () -> {
              try {
                return callMany(new SplittableRandom(seed));
              } finally {
                done.countDown();
              }
            };
        tallies.add(threads.submit(calling));
      }
      Future<List<IntervalReport>> reports = threads.submit(() -> swapUntil(done));
      long calls = 0;
      long attempts = 0;
      for (Future<Tally> tally : tallies) {
        calls += tally.get(60, TimeUnit.SECONDS).calls;
        attempts += tally.get().attempts;
      }
      swap(0);
      List<IntervalReport> all = new ArrayList<>(reports.get(60, TimeUnit.SECONDS));
      all.add(engine.takeInterval());
      long counted = 0;
      long told = 0;
      long attempted = 0;
      for (IntervalReport report : all) {
        for (IntervalReport.Series each : report.series) {
          counted += each.count;
        }
        for (IntervalReport.ServiceInterval each : report.services) {
          told += each.calls;
          attempted += each.attempts;
        }
      }
      assertThat(counted).isEqualTo(calls);
      assertThat(told).isEqualTo(calls);
      assertThat(attempted).isEqualTo(attempts);
      for (IntervalReport.EndpointInterval each : all.get(all.size() - 1).endpoints) {
        assertThat(each.outstanding).as(each.uid).isZero();
      }
      for (int i = 0; i < LIMIT; i++) {
        assertThat(engine.open("test", TestRequest.get("http://orders/")).next().kind)
            .isEqualTo(Step.Kind.ATTEMPT);
      }
      assertThat(engine.open("test", TestRequest.get("http://orders/")).next().kind)
          .isEqualTo(Step.Kind.QUEUE);
    } finally {
      threads.shutdownNow();
    }
  }

  private Tally callMany(SplittableRandom random) throws InterruptedException {
    Tally tally = new Tally();
    for (int i = 0; i < CALLS; i++) {
      MeshCall call = engine.open("test", TestRequest.get("http://orders/"));
      tally.calls++;
      boolean over = false;
      while (!over) {
        Step step = call.next();
        switch (step.kind) {
          case ATTEMPT:
            tally.attempts++;
            over = attempt(call, (Attempt) step, random);
            break;
          case QUEUE:
            if (random.nextInt(20) == 0) {
              call.cancel();
            } else {
              CountDownLatch woken = new CountDownLatch(1);
              ((Step.Queue) step).onWake(woken::countDown);
              assertThat(woken.await(30, TimeUnit.SECONDS)).as("woken").isTrue();
            }
            break;
          case WAIT:
            time.addAndGet(((Step.Wait) step).nanos);
            break;
          default:
            over = true;
        }
      }
    }
    return tally;
  }

  private static boolean attempt(MeshCall call, Attempt attempt, SplittableRandom random) {
    if (random.nextInt(50) == 0) {
      call.cancel();
    }
    Outcome outcome =
        random.nextInt(100) == 0
            ? Outcome.failure(Failure.CONNECT, null)
            : Outcome.response(random.nextInt(100) == 0 ? 503 : 200, -1);
    MeshCall.Verdict verdict = call.finish(attempt, outcome);
    if (verdict == MeshCall.Verdict.DELIVER) {
      call.release(attempt);
    }
    return verdict != MeshCall.Verdict.RETRY;
  }

  private List<IntervalReport> swapUntil(CountDownLatch done) throws InterruptedException {
    List<IntervalReport> reports = new ArrayList<>();
    for (int turn = 1; !done.await(1, TimeUnit.MILLISECONDS); turn++) {
      swap(turn);
      reports.add(engine.takeInterval());
    }
    return reports;
  }

  private void swap(int turn) {
    Endpoint[] endpoints = new Endpoint[4 + turn % 3];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = Mesh.endpoint("e" + i, turn % 5 == i ? Health.SUSPECT : Health.READY);
    }
    engine.snapshot(
        Mesh.snapshot(
            Mesh.ORDERS,
            new ServicePolicy.Builder()
                .traffic(TrafficPolicy.DEFAULT.with(new Limits(0, LIMIT, 1000, 0, 0, 0)))
                .build(),
            endpoints));
  }
}
