package dev.meshagent.engine.simulation;

import dev.meshagent.engine.VirtualClock;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Virtual time and what is to happen in it: a queue of events, run in the order of their times and,
 * at equal times, in the order in which they were planned. Single-threaded, repeatable by its seed.
 */
final class Simulation {
  final VirtualClock clock = new VirtualClock();
  final Random random;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final long beganNanos = clock.nanos();
  private long planned;

  Simulation(long seed) {
    random = new Random(seed);
  }

  private static final class Event implements Comparable<Event> {
    final long atNanos;
    final long order;
    final Runnable action;

    Event(long atNanos, long order, Runnable action) {
      this.atNanos = atNanos;
      this.order = order;
      this.action = action;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  long now() {
    return clock.nanos();
  }

  /** Seconds since the simulation began. */
  double seconds() {
    return (clock.nanos() - beganNanos) / 1e9;
  }

  /** Plans an action in so many ns. */
  void after(long nanos, Runnable action) {
    events.add(new Event(clock.nanos() + Math.max(0, nanos), planned++, action));
  }

  /** Plans an action at so many seconds from the beginning. */
  void at(double seconds, Runnable action) {
    after(beganNanos + (long) (seconds * 1e9) - clock.nanos(), action);
  }

  /** Runs what happens until so many seconds from the beginning. */
  void runUntil(double seconds) {
    long end = beganNanos + (long) (seconds * 1e9);
    while (!events.isEmpty() && events.peek().atNanos <= end) {
      Event event = events.poll();
      clock.advanceTo(event.atNanos);
      event.action.run();
    }
    clock.advanceTo(end);
  }
}
