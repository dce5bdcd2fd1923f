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
  static Step forConnection(Admission admission, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        admission.onConnection(wake);
      }
    };
  }

  /** Until a place is free. */
  static Step forPlace(Admission admission, long maxNanos) {
    return new Step.Queue(maxNanos) {
      @Override
      public void onWake(Runnable wake) {
        admission.onPlace(wake);
      }
    };
  }
}
