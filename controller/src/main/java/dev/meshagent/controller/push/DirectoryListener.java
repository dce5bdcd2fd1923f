package dev.meshagent.controller.push;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;

/** Told what the directory's subscribers have to hear of; on the loop. */
public interface DirectoryListener {
  void appeared(ServiceId service);

  void vanished(ServiceId service);

  /** A burst is over: what appeared or vanished before, and these services, may be told now. */
  void flush(Collection<ServiceView> changed);
}
