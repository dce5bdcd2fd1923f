package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class CopiesTest {
  private final Copies copies = new Copies("tests");
  private final RecordingMesh mesh = new RecordingMesh();
  private final Ends call = new Ends();

  @Test
  void whatComesBeyondTheMostThatMayBeUnderWayIsDroppedAndCounted() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch sending = new CountDownLatch(Copies.MOST);
    for (int i = 0; i < Copies.MOST; i++) {
      copies.send(
          mesh,
          call,
          mirrored(Long.MAX_VALUE),
          mirror ->
              new Scripted(mirror) {
                @Override
                protected Outcome send() throws Exception {
                  sending.countDown();
                  hold.await();
                  return Outcome.response(200, -1);
                }
              });
    }
    sending.await();
    copies.send(mesh, call, mirrored(Long.MAX_VALUE), Scripted::new);
    assertThat(call.outcomes.take().failure).isEqualTo(Failure.OTHER);
    assertThat(mesh.errors.take()).hasMessage("64 copies are under way");
    hold.countDown();
    for (int i = 0; i < Copies.MOST; i++) {
      assertThat(call.outcomes.take().status).isEqualTo(200);
    }
  }

  @Test
  void aCopyWithoutALimitHasOneOfFifteenSeconds() throws Exception {
    copies.send(mesh, call, mirrored(Long.MAX_VALUE), Scripted::new);
    assertThat(call.outcomes.take().status).isEqualTo(200);
    assertThat(mesh.delays.take()).isEqualTo(TimeUnit.SECONDS.toNanos(15));
  }

  @Test
  void aCopyIsBrokenOffWhenItsTimeIsOver() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    copies.send(
        mesh,
        call,
        mirrored(7),
        mirror ->
            new Scripted(mirror) {
              @Override
              protected Outcome send() throws Exception {
                broken.await();
                throw new IOException("broken off");
              }

              @Override
              protected void breakOff() {
                broken.countDown();
              }
            });
    assertThat(mesh.delays.take()).isEqualTo(7);
    mesh.scheduled.take().run();
    assertThat(call.outcomes.take().cause).hasMessage("broken off");
    call.released.await();
    assertThat(mesh.errors).isEmpty();
  }

  @Test
  void aTimerThatIsLateDoesNotTouchWhatHasEnded() throws Exception {
    AtomicReference<Boolean> touched = new AtomicReference<>(false);
    copies.send(
        mesh,
        call,
        mirrored(7),
        mirror ->
            new Scripted(mirror) {
              @Override
              protected void breakOff() {
                touched.set(true);
              }
            });
    call.released.await();
    mesh.scheduled.take().run();
    assertThat(touched.get()).isFalse();
  }

  @Test
  void anErrorThatKeepsACopyFromBeingSentReachesNobody() throws Exception {
    copies.send(
        mesh,
        call,
        mirrored(Long.MAX_VALUE),
        mirror -> {
          throw new OutOfMemoryError("on purpose");
        });
    assertThat(mesh.errors.take()).hasMessage("on purpose");
    assertThat(call.outcomes.take().failure).isEqualTo(Failure.OTHER);
    call.released.await();
  }

  private static Attempt mirrored(long timeoutNanos) {
    Attempt copy = new Attempt(null, "127.0.0.1", 1, 1, timeoutNanos) {};
    return new Attempt(null, "127.0.0.1", 1, 1, Long.MAX_VALUE) {
      @Override
      public List<Attempt> mirrors() {
        return Collections.singletonList(copy);
      }
    };
  }

  /** Answered at once. */
  private static class Scripted extends Copies.Copy {
    Scripted(Attempt mirror) {
      super(mirror);
    }

    @Override
    protected Outcome send() throws Exception {
      return Outcome.response(200, -1);
    }

    @Override
    protected void readToEnd() {}

    @Override
    protected void breakOff() {}
  }

  private static final class Ends implements MeshCall {
    final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public Step next() {
      return Step.PASS;
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      return Verdict.DISCARD;
    }

    @Override
    public Verdict broken(Attempt attempt, Outcome outcome) {
      return Verdict.DISCARD;
    }

    @Override
    public void release(Attempt attempt) {
      released.countDown();
    }

    @Override
    public void cancel() {}
  }
}
