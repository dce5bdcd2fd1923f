package dev.meshagent.boot;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The agent's start, in two parts: what must happen before {@code main} (the gate), and what a
 * daemon thread does beside it (everything else).
 *
 * <pre>
 *   premain:   read the target names · add the gate · start the thread
 *   thread:    the jar's image · boot class · agent loader · AgentMain.start ──▶ gate.accept(weaver) or gate.close()
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
  private final File jar;
  private final Gate gate;

  private Startup(
      String arguments, Instrumentation instrumentation, long premainNanos, File jar, Gate gate) {
    this.arguments = arguments;
    this.instrumentation = instrumentation;
    this.premainNanos = premainNanos;
    this.jar = jar;
    this.gate = gate;
  }

  /** The part before {@code main}. */
  static void begin(String arguments, Instrumentation instrumentation, long premainNanos)
      throws Exception {
    File jar = new File(Startup.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Gate gate = new Gate(readTargets(jar));
    Startup startup = new Startup(arguments, instrumentation, premainNanos, jar, gate);
    Thread thread = new Thread(rootGroup(), startup, THREAD_PREFIX + "-start");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    instrumentation.addTransformer(gate, instrumentation.isRetransformClassesSupported());
    thread.start();
  }

  @Override
  public void run() {
    try {
      JarImage image = JarImage.read(jar);
      AgentLoader loader = new AgentLoader(jar, image, prepareJdk(image));
      Thread.currentThread().setContextClassLoader(loader);
      Class.forName(ENTRY_CLASS, true, loader)
          .getMethod("start", String.class, Instrumentation.class, long.class, Consumer.class)
          .invoke(null, arguments, instrumentation, premainNanos, gate);
      if (gate.isOpen()) {
        gate.weaveLoaded(instrumentation);
        return;
      }
    } catch (Throwable e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      BootLog.info(arguments, "stays off, the application runs without it: " + cause);
    }
    gate.close();
    instrumentation.removeTransformer(gate);
  }

  /**
   * Defines the boot class, unless another copy of the agent did: then it is shared, and the copy
   * that comes second is told so when it installs itself.
   *
   * @return the parent of the agent's loader: the platform loader, or on Java 8 the boot loader
   */
  private ClassLoader prepareJdk(JarImage image) throws Exception {
    boolean defined = isDefined(BOOT_CLASS);
    byte[] classFile = image.get(BOOT_CLASS.replace('.', '/') + ".class");
    if (!JavaVersions.hasModules()) {
      if (!defined) {
        BootAppender.append(instrumentation, BOOT_CLASS, classFile);
      }
      return null;
    }
    Class<?> definer =
        new ThrowawayLoader().define(image.get("dev/meshagent/boot/BootDefiner.class"));
    if (!defined) {
      definer
          .getMethod("define", Instrumentation.class, byte[].class)
          .invoke(null, instrumentation, classFile);
    }
    return (ClassLoader) definer.getMethod("platformLoader").invoke(null);
  }

  private static boolean isDefined(String name) {
    try {
      Class.forName(name, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * By way of the JVM's own open copy of the jar, which is quicker than reading all of it, and by
   * hand: a Scanner would load the regular expressions before main.
   */
  private static Set<String> readTargets(File jar) throws IOException {
    String text;
    try (ZipFile zip = new ZipFile(jar)) {
      ZipEntry entry = zip.getEntry(TARGETS_ENTRY);
      byte[] bytes = new byte[(int) entry.getSize()];
      try (DataInputStream in = new DataInputStream(zip.getInputStream(entry))) {
        in.readFully(bytes);
      }
      text = new String(bytes, StandardCharsets.UTF_8);
    }
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
