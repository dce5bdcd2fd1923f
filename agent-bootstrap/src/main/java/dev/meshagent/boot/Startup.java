package dev.meshagent.boot;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The agent's start, in two parts: what must happen before {@code main} (the gate), and what a
 * daemon thread does beside it (everything else).
 *
 * <pre>
 *   premain:   read the target names · add the gate · start the thread
 *   thread:    boot class · agent loader · AgentMain.start ──▶ gate.accept(weaver) or gate.close()
 * </pre>
 */
final class Startup implements Runnable {
  /** The thread's name; threads of the agent are known to the gate by this prefix. */
  static final String THREAD_PREFIX = "mesh-agent";

  static final String TARGETS_ENTRY = "META-INF/mesh/targets.txt";
  private static final String ENTRY_CLASS = "dev.meshagent.runtime.AgentMain";
  private static final String BOOT_CLASS = "java.lang.MeshAgentDispatch";

  private final String arguments;
  private final Instrumentation instrumentation;
  private final long premainNanos;
  private final AgentJar jar;
  private final Gate gate;

  private Startup(
      String arguments,
      Instrumentation instrumentation,
      long premainNanos,
      AgentJar jar,
      Gate gate) {
    this.arguments = arguments;
    this.instrumentation = instrumentation;
    this.premainNanos = premainNanos;
    this.jar = jar;
    this.gate = gate;
  }

  /** The part before {@code main}. */
  static void begin(String arguments, Instrumentation instrumentation, long premainNanos)
      throws Exception {
    AgentJar jar =
        new AgentJar(
            new File(Startup.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    long waitNanos =
        EarlySettings.startupWaitNanos(arguments, System.getProperties(), System.getenv());
    Gate gate = new Gate(arguments, readTargets(jar), Math.max(Gate.LOAD_WAIT_NANOS, waitNanos));
    Startup startup = new Startup(arguments, instrumentation, premainNanos, jar, gate);
    Thread thread = new Thread(rootGroup(), startup, THREAD_PREFIX + "-start");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    instrumentation.addTransformer(gate, instrumentation.isRetransformClassesSupported());
    thread.start();
    if (gate.isLateFor(instrumentation)) {
      // Nothing else would hold the first use of a class that is there already.
      gate.awaitLoaded(waitNanos);
    }
  }

  @Override
  public void run() {
    try {
      Class<?> java9 = JavaVersions.hasModules() ? java9() : null;
      if (java9 != null && recordsAotCache(java9)) {
        BootLog.info(
            arguments,
            "stays off: this run records an AOT cache, and JDKs crash on one with woven classes;"
                + " where the cache is used, the agent works as ever");
      } else {
        startAgent(java9);
      }
    } catch (Throwable e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      BootLog.info(arguments, "stays off, the application runs without it: " + cause);
    }
    if (gate.isOpen()) {
      weaveLoaded();
      keepJar();
    } else {
      gate.close();
      instrumentation.removeTransformer(gate);
    }
  }

  /** The agent runs by now; what fails here concerns the classes that were loaded before it. */
  private void weaveLoaded() {
    try {
      gate.weaveLoaded(instrumentation);
    } catch (Throwable e) {
      BootLog.info(
          arguments,
          "classes that were loaded before the agent are not all woven; their calls or sockets stay"
              + " outside the mesh: "
              + e);
    }
  }

  private void keepJar() {
    try {
      jar.keepInMemory();
    } catch (Throwable e) {
      BootLog.info(
          arguments, "do not replace " + jar.file + " while it runs: it cannot be kept: " + e);
    }
  }

  private void startAgent(Class<?> java9) throws Exception {
    defineBootClass(java9);
    ClassLoader platform =
        java9 == null ? null : (ClassLoader) java9.getMethod("platformLoader").invoke(null);
    AgentLoader loader = new AgentLoader(jar, platform);
    Thread.currentThread().setContextClassLoader(loader);
    Class.forName(ENTRY_CLASS, true, loader)
        .getMethod("start", String.class, Instrumentation.class, long.class, Consumer.class)
        .invoke(null, arguments, instrumentation, premainNanos, gate);
  }

  /** What is written against Java 9, in a loader of its own that is given away afterwards. */
  private Class<?> java9() throws IOException {
    return new ThrowawayLoader().define(jar.get("dev/meshagent/boot/BootDefiner.class"));
  }

  private boolean recordsAotCache(Class<?> java9) throws ReflectiveOperationException {
    return (Boolean)
        java9.getMethod("recordsAotCache", Instrumentation.class).invoke(null, instrumentation);
  }

  /**
   * Defines the boot class, unless another copy of the agent did: then it is shared, and the copy
   * that comes second is told so when it installs itself.
   */
  private void defineBootClass(Class<?> java9) throws Exception {
    if (isDefined(BOOT_CLASS)) {
      return;
    }
    byte[] classFile = jar.get(BOOT_CLASS.replace('.', '/') + ".class");
    if (java9 == null) {
      BootAppender.append(instrumentation, BOOT_CLASS, classFile);
    } else {
      java9
          .getMethod("define", Instrumentation.class, byte[].class)
          .invoke(null, instrumentation, classFile);
    }
  }

  private static boolean isDefined(String name) {
    try {
      Class.forName(name, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** By hand: a Scanner would load the regular expressions before main. */
  private static Set<String> readTargets(AgentJar jar) throws IOException {
    String text = new String(jar.get(TARGETS_ENTRY), StandardCharsets.UTF_8);
    Set<String> targets = new HashSet<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (end > start) {
        targets.add(text.substring(start, end));
      }
      start = end + 1;
    }
    return targets;
  }

  /** Holds one helper class for the time of one call. */
  private static final class ThrowawayLoader extends ClassLoader {
    ThrowawayLoader() {
      super(null);
    }

    Class<?> define(byte[] classFile) {
      return defineClass(null, classFile, 0, classFile.length);
    }
  }

  /** An application that ends or lists its thread groups must not meet the agent's threads. */
  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
