package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;

/** A frame of type {@code names}. */
final class NamesFrame {
  final String epoch;
  final long seq;

  /** True if it states the whole table. */
  final boolean full;

  final List<NamedService> add;
  final List<ServiceId> remove;

  NamesFrame(String epoch, long seq, boolean full, List<NamedService> add, List<ServiceId> remove) {
    this.epoch = epoch;
    this.seq = seq;
    this.full = full;
    this.add = add;
    this.remove = remove;
  }
}
