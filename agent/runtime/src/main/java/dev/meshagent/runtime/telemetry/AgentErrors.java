package dev.meshagent.runtime.telemetry;

import dev.meshagent.runtime.log.Log;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Errors inside the agent, counted per place and logged once per place, so that an error on the
 * path of every call does not flood the application's log. Thread-safe; never throws.
 */
public final class AgentErrors {
  /** Places are constants in the code; a caller that makes them up must not fill the heap. */
  private static final int MAX_PLACES = 256;

  private final ConcurrentMap<String, LongAdder> places = new ConcurrentHashMap<>();
  private final LongAdder sinceTaken = new LongAdder();

  /**
   * @param place where it happened, such as {@code jdk-httpclient.getAddress}
   */
  public void count(String place, Throwable error) {
    sinceTaken.increment();
    LongAdder known = places.get(place);
    if (known == null && places.size() < MAX_PLACES) {
      LongAdder first = new LongAdder();
      known = places.putIfAbsent(place, first);
      if (known == null) {
        known = first;
        Log.warn("error in the agent at " + place + "; said once, counted from now on", error);
      }
    }
    if (known != null) {
      known.increment();
    }
  }

  /** How many there were at a place since the start. */
  public long at(String place) {
    LongAdder count = places.get(place);
    return count == null ? 0 : count.sum();
  }

  /** How many there were since this was last asked, for telemetry. */
  public long take() {
    return sinceTaken.sumThenReset();
  }
}
