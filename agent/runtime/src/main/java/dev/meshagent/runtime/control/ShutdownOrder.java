package dev.meshagent.runtime.control;

import dev.meshagent.runtime.log.Log;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * Runs a task at the JVM's exit before the application's own shutdown hooks. Those all start at
 * once and in no order, so that an ordinary hook would announce the exit while the server is
 * already closing. The JVM runs them as one of a short list of system hooks, {@code
 * java.lang.Shutdown.hooks}; the entry that starts the application's is wrapped.
 *
 * <p>Where that list does not look as expected the task becomes an ordinary hook, which is still
 * correct, only less early.
 */
public final class ShutdownOrder {
  /** The slot of the application's hooks in every JDK from 8. */
  private static final int APPLICATION_HOOKS = 1;

  private ShutdownOrder() {}

  /**
   * @param instrumentation opens {@code java.lang} to this class alone on Java 9 and later
   * @return true if the task will run before the application's hooks, false if beside them
   */
  public static boolean runFirst(Instrumentation instrumentation, Runnable task) {
    try {
      openJavaLang(instrumentation);
      Class<?> shutdown = Class.forName("java.lang.Shutdown", true, null);
      String application = "java.lang.ApplicationShutdownHooks";
      Class.forName(application, true, null);
      Runnable[] hooks = (Runnable[]) read(shutdown, "hooks");
      synchronized (read(shutdown, "lock")) {
        Runnable original = hooks[APPLICATION_HOOKS];
        if (original.getClass().getName().startsWith(application)) {
          hooks[APPLICATION_HOOKS] = new Before(task, original);
          return true;
        }
      }
    } catch (Exception | LinkageError e) {
      Log.debug("the list of shutdown hooks is not as expected", e); // A JDK that we do not know.
    }
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(task, "mesh-agent-exit"));
    } catch (IllegalStateException e) {
      // The JVM is on its way out already, before anything was announced.
    }
    return false;
  }

  /** The task, then the application's hooks whatever became of it. */
  private static final class Before implements Runnable {
    private final Runnable task;
    private final Runnable original;

    Before(Runnable task, Runnable original) {
      this.task = task;
      this.original = original;
    }

    @Override
    public void run() {
      try {
        task.run();
      } finally {
        original.run();
      }
    }
  }

  private static Object read(Class<?> type, String field) throws ReflectiveOperationException {
    Field declared = type.getDeclaredField(field);
    declared.setAccessible(true);
    return declared.get(null);
  }

  private static void openJavaLang(Instrumentation instrumentation)
      throws ReflectiveOperationException {
    Method getModule;
    try {
      getModule = Class.class.getMethod("getModule");
    } catch (NoSuchMethodException e) {
      return; // Java 8 has nothing to open.
    }
    Map<String, Set<Object>> opens =
        Collections.singletonMap(
            "java.lang", Collections.singleton(getModule.invoke(ShutdownOrder.class)));
    Instrumentation.class
        .getMethod(
            "redefineModule",
            getModule.getReturnType(),
            Set.class,
            Map.class,
            Map.class,
            Set.class,
            Map.class)
        .invoke(
            instrumentation,
            getModule.invoke(Object.class),
            Collections.emptySet(),
            Collections.emptyMap(),
            opens,
            Collections.emptySet(),
            Collections.emptyMap());
  }
}
