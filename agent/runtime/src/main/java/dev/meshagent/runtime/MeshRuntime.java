package dev.meshagent.runtime;

import dev.meshagent.runtime.config.AgentConfig;
import dev.meshagent.runtime.log.Log;

/** The running agent. */
public final class MeshRuntime {
  private MeshRuntime() {}

  /** Starts what runs beside the application. */
  static MeshRuntime start(AgentConfig config, long premainNanos) {
    Log.info("service " + config.namespace + "/" + config.service);
    return new MeshRuntime();
  }
}
