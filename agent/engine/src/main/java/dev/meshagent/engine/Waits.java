package dev.meshagent.engine;

import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.resilience.Admission;

/** The steps of calls that are parked until something is there. */
final class Waits {
  private Waits() {}

  /** Until the first table of names. */
  static Step forNames(Engine engine, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        engine.onNames(wake);
      }
    };
  }

  /** Until a service's first snapshot. */
  static Step forSnapshot(ServiceState service, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        service.onSnapshot(wake);
      }
    };
  }

  /** Until a connection is free, and a place. */
  static Step forConnection(CallLife call, Admission admission, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        admission.onConnection(waiter(call, admission, wake));
      }
    };
  }

  /** Until a place is free. */
  static Step forPlace(CallLife call, Admission admission, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        admission.onPlace(waiter(call, admission, wake));
      }
    };
  }

  private static Admission.Waiter waiter(CallLife call, Admission admission, Runnable wake) {
    return new Admission.Waiter() {
      @Override
      public boolean waits() {
        return call.waitsAt(admission);
      }

      @Override
      public void wake() {
        wake.run();
      }
    };
  }
}
