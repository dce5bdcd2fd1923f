package dev.meshagent.controller.push;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What one agent has still to be told of the table of names: whole at first, then what came and
 * went, merged until it can be sent. Runs on the loop.
 */
public final class Names {
  private final String epoch;
  private final Set<ServiceId> added = new TreeSet<>();
  private final Set<ServiceId> removed = new TreeSet<>();
  private long seq;

  Names(String epoch) {
    this.epoch = epoch;
  }

  /** For the sessions of this directory. */
  public static Names of(Directory directory) {
    return new Names(directory.epoch());
  }

  public void add(ServiceId service) {
    removed.remove(service);
    added.add(service);
  }

  public void remove(ServiceId service) {
    added.remove(service);
    removed.add(service);
  }

  /**
   * The next frame, if there is anything to tell.
   *
   * @param may which services the agent may know of
   */
  public Optional<Push> nextFrame(Collection<ServiceView> all, Predicate<ServiceId> may) {
    boolean full = seq == 0;
    if (full) {
      added.clear();
      removed.clear();
      all.forEach(view -> added.add(view.id()));
    }
    added.removeIf(may.negate());
    if (!full && added.isEmpty() && removed.isEmpty()) {
      return Optional.empty();
    }
    String frame = Frames.names(epoch, ++seq, full, added, removed);
    added.clear();
    removed.clear();
    return Optional.of(new Push("names", frame));
  }
}
