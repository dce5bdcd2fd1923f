package dev.meshagent.boot;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Stands between the JVM's class loading and the weaver: asks of every class only whether its name
 * is a target's, and lets a target's first load wait until the weaver is there.
 *
 * <p>The loading thread may hold a lock of its class loader, so waiting is made safe twice: threads
 * of the agent itself never wait, and the wait of others is bounded. Who does not wait long enough
 * gets the class as it is, and {@link #weaveLoaded} weaves it afterwards. Thread-safe.
 */
final class Gate implements ClassFileTransformer, Consumer<ClassFileTransformer> {
  /** A start takes a fraction of this even on a slow machine; a deadlock ends after it. */
  static final long LOAD_WAIT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A class let through just before the gate opened may not be visible to the first scan. */
  private static final int SCANS = 20;

  private static final long SCAN_PAUSE_MILLIS = 100;

  private final String arguments;
  private final Set<String> targets;
  private final long loadWaitNanos;
  private final Set<String> targetNames = new HashSet<>();
  private final CountDownLatch decided = new CountDownLatch(1);
  private final CountDownLatch loadedWoven = new CountDownLatch(1);
  private volatile ClassFileTransformer weaver;

  /** The names of the targets that were let through untouched. */
  private final Set<String> missed = new HashSet<>();

  private boolean failureSaid;

  /**
   * @param arguments the agent's, which say where failures are logged
   * @param targets the internal names of the classes that are woven
   * @param loadWaitNanos how long the first load of a target waits at most
   */
  Gate(String arguments, Set<String> targets, long loadWaitNanos) {
    this.arguments = arguments;
    this.targets = targets;
    this.loadWaitNanos = loadWaitNanos;
    for (String target : targets) {
      targetNames.add(target.replace('/', '.'));
    }
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String className,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    if (className == null || !targets.contains(className)) {
      return null;
    }
    try {
      ClassFileTransformer ready = weaver;
      if (ready == null) {
        ready = await(className);
      }
      return ready == null
          ? null
          : ready.transform(loader, className, redefined, domain, classFile);
    } catch (Throwable e) {
      failed(className.replace('/', '.') + " is left as it is", e);
      return null;
    }
  }

  private ClassFileTransformer await(String className) throws InterruptedException {
    if (!Thread.currentThread().getName().startsWith(Startup.THREAD_PREFIX)) {
      boolean interrupted = Thread.interrupted();
      try {
        decided.await(loadWaitNanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    ClassFileTransformer ready = weaver;
    if (ready == null && decided.getCount() > 0) {
      synchronized (missed) {
        missed.add(className.replace('/', '.'));
      }
    }
    return ready;
  }

  /** Said once: what fails for one class is likely to fail for the others. */
  private void failed(String what, Throwable error) {
    synchronized (missed) {
      if (failureSaid) {
        return;
      }
      failureSaid = true;
    }
    BootLog.info(arguments, what + ": " + error);
  }

  /** Opens the gate: targets are woven from now on. */
  @Override
  public void accept(ClassFileTransformer weaver) {
    this.weaver = weaver;
    decided.countDown();
  }

  boolean isOpen() {
    return weaver != null;
  }

  /** Lets everything pass from now on, if the gate was not opened. */
  void close() {
    decided.countDown();
    loadedWoven.countDown();
  }

  /** True if a target was loaded before the gate stood, from an AOT cache or by another agent. */
  boolean isLateFor(Instrumentation instrumentation) {
    return !loadedTargets(instrumentation).isEmpty();
  }

  /** Waits, bounded, until the targets that were loaded already are woven. */
  void awaitLoaded(long nanos) throws InterruptedException {
    loadedWoven.await(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Weaves the targets that were loaded before the gate opened: before the agent came, or let
   * through by the bounded wait.
   */
  void weaveLoaded(Instrumentation instrumentation) throws InterruptedException {
    Set<Class<?>> done = new HashSet<>();
    try {
      weaveNew(instrumentation, done);
    } finally {
      loadedWoven.countDown();
    }
    for (int scan = 1; scan < SCANS && !missedAreAmong(done); scan++) {
      Thread.sleep(SCAN_PAUSE_MILLIS);
      weaveNew(instrumentation, done);
    }
  }

  private boolean missedAreAmong(Set<Class<?>> done) {
    Set<String> names = new HashSet<>();
    for (Class<?> type : done) {
      names.add(type.getName());
    }
    synchronized (missed) {
      return names.containsAll(missed);
    }
  }

  private List<Class<?>> loadedTargets(Instrumentation instrumentation) {
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (targetNames.contains(type.getName()) && instrumentation.isModifiableClass(type)) {
        loaded.add(type);
      }
    }
    return loaded;
  }

  private void weaveNew(Instrumentation instrumentation, Set<Class<?>> done) {
    for (Class<?> type : loadedTargets(instrumentation)) {
      if (done.add(type)) {
        try {
          // One by one: a class that cannot be verified again must not spoil the others.
          instrumentation.retransformClasses(type);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
          failed(type.getName() + " was loaded before the agent and is left as it is", e);
        }
      }
    }
  }
}
