package dev.meshagent.controller.push;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;

/** Told what the directory's subscribers have to hear of; on the loop. */
public interface DirectoryListener {
  default void appeared(ServiceId service) {}

  default void vanished(ServiceId service) {}

  /** Who serves what, or when a workload is ready, is decided otherwise than before. */
  default void regrouped() {}

  /** A burst is over: what appeared or vanished before, and these services, may be told now. */
  default void flush(Collection<ServiceView> changed) {}
}
