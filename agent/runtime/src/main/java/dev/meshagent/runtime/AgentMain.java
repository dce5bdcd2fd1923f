package dev.meshagent.runtime;

import dev.meshagent.runtime.config.AgentConfig;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.weave.Instrumentations;
import dev.meshagent.runtime.weave.Weaver;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.util.function.Consumer;

/**
 * The agent behind the gate: found by its name in the agent's loader, on the agent's first thread,
 * beside the application's main.
 */
public final class AgentMain {
  private AgentMain() {}

  /**
   * Reads the configuration, starts the runtime, and opens the gate. Returns without opening it
   * where the agent is to stay off.
   *
   * @param arguments what follows the {@code =} of {@code -javaagent}, or null
   * @param premainNanos {@link System#nanoTime} when the JVM entered the agent
   * @param gate takes the weaver once classes may be woven
   */
  public static void start(
      String arguments,
      Instrumentation instrumentation,
      long premainNanos,
      Consumer<ClassFileTransformer> gate)
      throws ReflectiveOperationException {
    AgentConfig config = AgentConfig.load(arguments);
    Log.configure(config.logLevel, config.logFile);
    for (String problem : config.problems) {
      Log.warn(problem);
    }
    if (!config.enabled) {
      Log.info("off, the application runs without it");
      return;
    }
    ClassLoader agent = AgentMain.class.getClassLoader();
    Instrumentations instrumentations =
        Instrumentations.load(agent, config.disabledInstrumentations);
    Weaver weaver = Weaver.install(agent, instrumentations, instrumentation, config.dumpDir);
    if (weaver == null) {
      Log.info("another copy of the agent is in this process; this one stays off");
      return;
    }
    MeshRuntime.start(config, premainNanos, instrumentation);
    gate.accept(weaver);
  }
}
