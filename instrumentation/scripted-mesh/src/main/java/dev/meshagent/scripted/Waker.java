package dev.meshagent.scripted;

import dev.meshagent.engine.call.Step;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place in a queue that the test frees. */
public final class Waker extends Step.Queue {
  private final CountDownLatch registered = new CountDownLatch(1);
  private volatile Runnable wake;

  public Waker() {
    super(TimeUnit.MINUTES.toNanos(1));
  }

  @Override
  public void onWake(Runnable wake) {
    this.wake = wake;
    registered.countDown();
  }

  /** Waits until a call is parked here. */
  public void parked() throws InterruptedException {
    registered.await();
  }

  /** Waits until a call is parked here, and wakes it. */
  public void wake() throws InterruptedException {
    parked();
    wake.run();
  }
}
