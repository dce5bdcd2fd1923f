package dev.meshagent.instrumentation.okhttp;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/**
 * The calls that are answered by a hedge, which is a call of its own, for as long as its body is
 * being read. They are held weakly, since an application may forget a response. Thread-safe; takes
 * no monitor.
 */
final class TakenOver {
  private static final ConcurrentHashMap<Object, Call> HEDGES = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

  private TakenOver() {}

  /** The call is answered by the hedge. */
  static void by(Call call, Call hedge) {
    for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
      HEDGES.remove(gone);
    }
    HEDGES.put(new Key(call), hedge);
    if (call.isCanceled()) {
      hedge.cancel();
    }
  }

  /** The call's answer was read. */
  static void ended(Call call) {
    HEDGES.remove(new Probe(call));
  }

  /** The application gave the call up. */
  static void cancelled(Object call) {
    Call hedge = HEDGES.isEmpty() ? null : HEDGES.get(new Probe(call));
    if (hedge != null) {
      hedge.cancel();
    }
  }

  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object call) {
      super(call, COLLECTED);
      hash = System.identityHashCode(call);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Finds the key of a call. */
  private static final class Probe {
    private final Object call;

    Probe(Object call) {
      this.call = call;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key && ((Key) other).get() == call;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(call);
    }
  }
}
