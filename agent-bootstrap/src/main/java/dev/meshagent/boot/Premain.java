package dev.meshagent.boot;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where the JVM enters the agent. It does as little as can be done before {@code main}: asks
 * whether it is wanted and fits, registers the gate, starts one daemon thread and returns. Nothing
 * is thrown at the JVM, which would end the process.
 */
public final class Premain {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private Premain() {}

  /** Called by the JVM for {@code -javaagent}. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    start(arguments, instrumentation);
  }

  /** Called by the JVM when the agent is attached to a running process. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    start(arguments, instrumentation);
  }

  private static void start(String arguments, Instrumentation instrumentation) {
    long nanos = System.nanoTime();
    try {
      String refusal = refusal(arguments, System.getProperties(), System.getenv());
      if (refusal == null && !STARTED.compareAndSet(false, true)) {
        refusal = "this process already has the agent; the second -javaagent is ignored";
      }
      if (refusal == null) {
        Startup.begin(arguments, instrumentation, nanos);
      } else {
        BootLog.info(arguments, refusal);
      }
    } catch (Throwable e) {
      BootLog.info(arguments, "stays off, the application runs without it: " + e);
    }
  }

  /** Why the agent is to leave this process alone, or null. */
  static String refusal(String arguments, Properties properties, Map<String, String> environment) {
    String enabled = EarlySettings.find("enabled", arguments, properties, environment);
    if ("false".equalsIgnoreCase(enabled)) {
      return "off, as mesh.enabled=false asks";
    }
    return JavaVersions.refusal(properties.getProperty("java.specification.version"));
  }
}
