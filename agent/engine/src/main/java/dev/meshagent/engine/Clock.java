package dev.meshagent.engine;

/** Where the engine takes its time from, so that a simulation can hold it. Thread-safe. */
public interface Clock {
  /** Nanoseconds since an arbitrary moment; never goes back. Compare by difference only. */
  long nanos();
}
