package dev.meshagent.engine.simulation;

import java.util.function.Consumer;

/** A process that calls the service. */
interface Caller {
  /** Begins a call; the answer comes at some later virtual time. */
  void call(Consumer<Answer> done);

  /** How a call ended for the application. */
  final class Answer {
    final boolean good;
    final long nanos;

    Answer(boolean good, long nanos) {
      this.good = good;
      this.nanos = nanos;
    }
  }
}
