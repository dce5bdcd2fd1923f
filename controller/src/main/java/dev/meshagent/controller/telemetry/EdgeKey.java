package dev.meshagent.controller.telemetry;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Comparator;

/** Calls from one service to another through one library. */
public record EdgeKey(ServiceId from, ServiceId to, String library) implements Comparable<EdgeKey> {
  private static final Comparator<EdgeKey> ORDER =
      Comparator.comparing(EdgeKey::from)
          .thenComparing(EdgeKey::to)
          .thenComparing(EdgeKey::library);

  @Override
  public int compareTo(EdgeKey other) {
    return ORDER.compare(this, other);
  }

  /** The two ends, whatever the library. */
  Pair pair() {
    return new Pair(from, to);
  }

  record Pair(ServiceId from, ServiceId to) {}
}
