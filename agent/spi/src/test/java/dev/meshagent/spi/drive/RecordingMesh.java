package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what is scheduled for the test to run, and the errors that it is told. */
final class RecordingMesh extends Mesh {
  /** All, in their order, also those that were cancelled since. */
  final BlockingQueue<Runnable> scheduled = new LinkedBlockingQueue<>();

  /** Those that were not cancelled. */
  final BlockingQueue<Runnable> due = new LinkedBlockingQueue<>();

  /** In ns. */
  final BlockingQueue<Long> delays = new LinkedBlockingQueue<>();

  final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();

  @Override
  public MeshCall open(String library, RequestHead head) {
    throw new UnsupportedOperationException("the call is open");
  }

  @Override
  public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    scheduled.add(task);
    due.add(task);
    delays.add(unit.toNanos(delay));
    return () -> due.remove(task);
  }

  @Override
  public Listeners listeners() {
    throw new UnsupportedOperationException("nothing listens");
  }

  @Override
  public void agentError(String place, Throwable error) {
    errors.add(error);
  }
}
