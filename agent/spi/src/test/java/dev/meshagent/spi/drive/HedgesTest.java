package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hedges of a library that is none, whose engine and timer are the test's. */
@Timeout(180)
final class HedgesTest {
  private static final Step.Fail FAIL =
      new Step.Fail(Step.Fail.Reason.CONNECT_FAILED, "orders: no connection", null);

  private final RecordingMesh mesh = new RecordingMesh();
  private final Script call = new Script();
  private final CountDownLatch broken = new CountDownLatch(1);
  private final Sides hedges = new Sides();

  @AfterEach
  void end() {
    hedges.end(true);
  }

  @Test
  void aCallThatHasFailedMeanwhileIsForItsOwnThread() throws Exception {
    call.steps.add(FAIL);
    hedgeIsDue();
    call.asked.acquire();
    assertThat(hedges.handsBack()).isTrue();
    assertThat(hedges.won()).isNull();
    assertThat(hedges.next()).isSameAs(FAIL);
    assertThat(hedges.handsBack()).as("once it has asked").isFalse();
  }

  @Test
  void anAttemptThatBeginsOnceAnotherHasAnsweredIsBrokenOffAtOnce() throws Exception {
    call.steps.add(new Tried());
    hedgeIsDue();
    broken.await();
    CountDownLatch late = new CountDownLatch(1);
    hedges.own(late::countDown);
    assertThat(late.getCount()).as("broken off").isZero();
  }

  @Test
  void aPlaceIsWaitedForByTheCallsOwnThread() throws Exception {
    Step.Queue queue =
        new Step.Queue(Long.MAX_VALUE) {
          @Override
          public void onWake(Runnable wake) {}
        };
    call.steps.add(queue);
    hedgeIsDue();
    call.asked.acquire();
    assertThat(hedges.handsBack()).isTrue();
    assertThat(mesh.due).as("nobody else waits").isEmpty();
  }

  @Test
  void aHedgeThatIsToWaitKeepsItsTurn() throws Exception {
    call.steps.add(new Step.Wait(5));
    call.steps.add(new Tried());
    hedgeIsDue();
    mesh.due.take().run();
    broken.await();
    assertThat(hedges.handsBack()).isFalse();
    assertThat(hedges.won().failure()).isNull();
  }

  @Test
  void anAttemptThatCannotBePreparedIsGivenBackAndNobodyWaitsForIt() throws Exception {
    hedges.unprepared = new IllegalStateException("no copy of the request");
    call.verdict = Verdict.DISCARD;
    call.steps.add(new Tried());
    hedgeIsDue();
    assertThat(call.outcomes.take().failure).isEqualTo(Failure.OTHER);
    assertThat(hedges.handsBack()).isTrue();
    assertThat(mesh.errors).containsExactly(hedges.unprepared);
  }

  @Test
  void anAttemptWhoseFailureCannotBeToldIsGivenBackAsWell() throws Exception {
    hedges.sent = new IOException("reset");
    hedges.untold = new IllegalStateException("unknown failure");
    call.steps.add(new Tried());
    hedgeIsDue();
    broken.await();
    assertThat(call.outcomes.take().failure).isEqualTo(Failure.OTHER);
    assertThat(hedges.won().failure()).hasMessage("the attempt could not be sent");
    assertThat(mesh.errors).containsExactly(hedges.untold);
  }

  @Test
  void anEngineThatFailsToJudgeLeavesTheCallToItsOwnThread() throws Exception {
    call.broken = new IllegalStateException("the engine is broken");
    call.steps.add(new Tried());
    hedgeIsDue();
    hedges.dropped.await();
    assertThat(hedges.handsBack()).isTrue();
    assertThat(mesh.errors).containsExactly(call.broken);
  }

  @Test
  void whatIsStillSentAtTheEndIsBrokenOffEvenIfTheEngineFails() throws Exception {
    hedges.stays = new CountDownLatch(1);
    call.steps.add(new Tried());
    hedgeIsDue();
    hedges.sending.await();
    call.broken = new IllegalStateException("the engine is broken");
    hedges.end(false);
    assertThat(hedges.stays.getCount()).as("broken off").isZero();
  }

  /** The time of the next hedge has come, while the call's own attempt is still being sent. */
  private void hedgeIsDue() throws InterruptedException {
    hedges.own(broken::countDown);
    hedges.after(1);
    mesh.due.take().run();
  }

  private final class Sides extends Hedges<Sides.Side> {
    RuntimeException unprepared;
    IOException sent;
    RuntimeException untold;
    CountDownLatch stays;
    final CountDownLatch sending = new CountDownLatch(1);
    final CountDownLatch dropped = new CountDownLatch(1);

    Sides() {
      super(mesh, call, "none", new Continuations("none"));
    }

    @Override
    protected Side aside(Attempt attempt) {
      if (unprepared != null) {
        throw unprepared;
      }
      return new Side(attempt);
    }

    final class Side extends Hedges.Aside {
      Side(Attempt attempt) {
        super(attempt);
      }

      @Override
      protected Outcome send() throws Exception {
        sending.countDown();
        if (stays != null) {
          stays.await();
        }
        if (sent != null) {
          throw sent;
        }
        return Outcome.response(200, -1);
      }

      @Override
      protected Outcome failed(Exception failure) {
        if (untold != null) {
          throw untold;
        }
        return Outcome.failure(Failure.RESET, failure);
      }

      @Override
      protected void breakOff() {
        stays.countDown();
      }

      @Override
      protected void drop() {
        dropped.countDown();
      }
    }
  }

  private static final class Tried extends Attempt {
    Tried() {
      super(null, "127.0.0.1", 1, 2, Long.MAX_VALUE);
    }
  }

  /** Steps and verdicts that are written beforehand. */
  private static final class Script implements MeshCall {
    final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    final Semaphore asked = new Semaphore(0);
    volatile Verdict verdict = Verdict.DELIVER;
    volatile RuntimeException broken;

    @Override
    public Step next() {
      asked.release();
      return steps.size() > 1 ? steps.remove() : steps.element();
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      if (broken != null) {
        throw broken;
      }
      return verdict;
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return Verdict.DISCARD;
    }

    @Override
    public void release(Attempt attempt) {}

    @Override
    public void cancel() {}
  }
}
