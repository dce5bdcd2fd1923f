package dev.meshagent.controller.stream;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Push;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Sends a few frames at a time and asks for the next only when the transport has taken them: what
 * an agent is told is decided when it can be told, so nothing stale ever waits in a queue. Runs on
 * the loop.
 */
final class Outbox {
  /** How many bytes are handed to the transport at most before it has taken them. */
  private static final int AT_ONCE = 16 * 1024;

  private final Loop loop;
  private final Connection connection;
  private final Supplier<Optional<Push>> next;
  private final StreamCounters counters;

  /** Answers to the agent's own frames, sent before all else. */
  private final Deque<Push> answers = new ArrayDeque<>();

  private boolean sending;
  private long sentNanos;
  private boolean closed;

  /**
   * @param next what to tell now, if anything
   */
  Outbox(Loop loop, Connection connection, StreamCounters counters, Supplier<Optional<Push>> next) {
    this.loop = loop;
    this.connection = connection;
    this.counters = counters;
    this.next = next;
  }

  void answer(String type, String json) {
    answers.add(new Push(type, json));
    pump();
  }

  /** Says a last word, if the transport still takes it, and closes. */
  void close(CloseReason reason, String lastFrame) {
    if (!closed) {
      closed = true;
      counters.sent("error");
      connection.send(new Push("error", lastFrame));
      connection.close(reason);
    }
  }

  /** Whether the transport has not taken what it was given at that time or before. */
  boolean stuckSince(long nanos) {
    return sending && sentNanos - nanos <= 0;
  }

  void closed() {
    closed = true;
  }

  /** To be called whenever there may be something to tell. */
  void pump() {
    if (sending || closed) {
      return;
    }
    Optional<CompletionStage<Void>> last = Optional.empty();
    int bytes = 0;
    for (Optional<Push> due = due(); due.isPresent(); due = due()) {
      counters.sent(due.get().type());
      last = Optional.of(connection.send(due.get()));
      bytes += due.get().bytes().length;
      if (bytes >= AT_ONCE) {
        break;
      }
    }
    if (last.isPresent()) {
      sending = true;
      sentNanos = loop.nanos();
      last.get().whenComplete((done, problem) -> loop.execute(this::taken));
    }
  }

  private Optional<Push> due() {
    return answers.isEmpty() ? next.get() : Optional.of(answers.remove());
  }

  private void taken() {
    sending = false;
    pump();
  }
}
