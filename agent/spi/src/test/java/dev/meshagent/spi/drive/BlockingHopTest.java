package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hop of a library that is none and cannot prepare the call's own attempt. */
@Timeout(180)
final class BlockingHopTest {
  private final RecordingMesh mesh = new RecordingMesh();
  private final Attempt own = new Tried(1);
  private final Attempt other = new Tried(Long.MAX_VALUE);
  private final Script call = new Script();
  private final IllegalStateException unprepared = new IllegalStateException("no copy");

  @Test
  void anAttemptThatCannotBePreparedLeavesTheRequestToTheLibrary() throws Exception {
    call.steps.add(own);
    assertThat(new Unprepared(false).run()).isEqualTo("as without the agent");
    assertThat(call.cancelled).isTrue();
    assertThat(mesh.errors).containsExactly(unprepared);
  }

  @Test
  void aHedgeThatHasAnsweredByThenIsTheAnswer() throws Exception {
    call.steps.add(own);
    call.steps.add(other);
    assertThat(new Unprepared(true).run()).isEqualTo("of the hedge");
    assertThat(call.cancelled).isFalse();
    assertThat(call.finished).containsExactly(other, own);
    assertThat(call.outcomes.take().status).isEqualTo(200);
    assertThat(call.outcomes.take().failure).isEqualTo(Failure.CANCELLED);
    assertThat(mesh.errors).containsExactly(unprepared);
  }

  private final class Unprepared extends BlockingHop<String, Side, RuntimeException> {
    private final boolean hedged;

    Unprepared(boolean hedged) {
      super(BlockingHopTest.this.mesh, BlockingHopTest.this.call, "none");
      this.hedged = hedged;
    }

    @Override
    protected String send(Attempt attempt) {
      if (hedged) {
        CountDownLatch won = new CountDownLatch(1);
        hedge(attempt, won::countDown);
        try {
          BlockingHopTest.this.mesh.due.take().run();
          won.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      throw unprepared;
    }

    @Override
    protected Hedges<Side> prepareHedges() {
      return new Hedges<Side>(mesh, call, "none", new Continuations("none")) {
        @Override
        protected Side aside(Attempt attempt) {
          return new Side(attempt);
        }
      };
    }

    @Override
    protected String taken(Side won) {
      return "of the hedge";
    }

    @Override
    protected String pass() {
      return "as without the agent";
    }

    @Override
    protected void takenByMesh() {}

    @Override
    protected void leftByMesh() {}

    @Override
    protected String synthesize(Step.Respond step) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected String synthesize(Step.Redirect step) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected IOException exception(Step.Fail step, Failure last) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected boolean isAborted() {
      return false;
    }

    @Override
    protected IOException aborted(Throwable cause) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected long timeoutNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    protected void bodyMayBeSent() {}
  }

  private static final class Side extends Hedges.Aside {
    Side(Attempt attempt) {
      super(attempt);
    }

    @Override
    protected Outcome send() {
      return Outcome.response(200, -1);
    }

    @Override
    protected Outcome failed(Exception failure) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void breakOff() {}

    @Override
    protected void drop() {}
  }

  private static final class Tried extends Attempt {
    private final long hedgeAfter;

    Tried(long hedgeAfter) {
      super(null, "127.0.0.1", 1, 2, Long.MAX_VALUE);
      this.hedgeAfter = hedgeAfter;
    }

    @Override
    public long hedgeAfterNanos() {
      return hedgeAfter;
    }
  }

  /** Steps that are written beforehand. */
  private static final class Script implements MeshCall {
    final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    final BlockingQueue<Attempt> finished = new LinkedBlockingQueue<>();
    final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    volatile boolean cancelled;

    @Override
    public Step next() {
      return steps.remove();
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      finished.add(attempt);
      outcomes.add(outcome);
      return Verdict.DELIVER;
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return Verdict.DISCARD;
    }

    @Override
    public void release(Attempt attempt) {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
