package dev.meshagent.instrumentation.grpc;

import io.grpc.ClientCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What the application does with a call that has not begun: kept in order, then done with gRPC's
 * own call, and from then on directly. Thread-safe.
 */
final class KeptOperations<Q, S> {
  private final ReentrantLock lock = new ReentrantLock();

  /** Null once nothing is kept any more. */
  private List<Consumer<ClientCall<Q, S>>> kept = new ArrayList<>();

  /** Null before there is one, and where there is none any more. */
  private volatile ClientCall<Q, S> call;

  /** Gives gRPC's call, or null. */
  ClientCall<Q, S> call() {
    return call;
  }

  /** Does it now, or later, or not at all if the call is over. */
  void perform(Consumer<ClientCall<Q, S>> what) {
    lock.lock();
    try {
      if (kept != null) {
        kept.add(what);
        return;
      }
    } finally {
      lock.unlock();
    }
    ClientCall<Q, S> begun = call;
    if (begun != null) {
      what.accept(begun);
    }
  }

  /**
   * Does with a call what was kept, and what is asked for meanwhile.
   *
   * @param begun is started; it is cancelled if it, or what it runs of the application's, throws:
   *     nobody is left to throw it to
   */
  void begin(ClientCall<Q, S> begun) {
    call = begun;
    List<Consumer<ClientCall<Q, S>>> due;
    while ((due = due()) != null) {
      for (Consumer<ClientCall<Q, S>> each : due) {
        try {
          each.accept(begun);
        } catch (RuntimeException | Error e) {
          drop();
          begun.cancel("failed at what was asked for before the call could begin", e);
          return;
        }
      }
    }
  }

  /** What is to be done next; null if nothing is, from when on nothing more is kept. */
  private List<Consumer<ClientCall<Q, S>>> due() {
    lock.lock();
    try {
      List<Consumer<ClientCall<Q, S>>> due = kept.isEmpty() ? null : kept;
      kept = due == null ? null : new ArrayList<>();
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** The call is over: nothing is done or kept any more. */
  void drop() {
    lock.lock();
    try {
      kept = null;
      call = null;
    } finally {
      lock.unlock();
    }
  }
}
