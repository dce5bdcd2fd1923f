package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;

/** Where names and snapshots go: the engine. Called from the control loop only. */
public interface PolicySink {
  void names(NameTable names);

  /** Names of an earlier run, of use until the first table. */
  void rememberedNames(NameTable names);

  void snapshot(ServiceSnapshot snapshot);

  /** The place of this process, from 0, among so many that serve the same service. */
  void peers(int index, int count);

  /** The service is no name of the mesh any more. */
  void forget(ServiceId service);
}
