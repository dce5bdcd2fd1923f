package dev.meshagent.spi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * Makes threads of the agent's. A thread of the application's may be what makes them, so they are
 * daemons, and have none of its inheritable thread locals: those could keep what they hold alive
 * for as long as the thread, and show it to whatever runs there. Thread-safe.
 */
public final class OwnThreads {
  /** The constructor that says whether to inherit; null before Java 9. */
  private static final MethodHandle CONSTRUCTOR = constructor();

  /** What Java 8 inherits into; null where it is not needed or cannot be had. */
  private static final Field INHERITED = CONSTRUCTOR == null ? inherited() : null;

  private OwnThreads() {}

  private static MethodHandle constructor() {
    try {
      return MethodHandles.publicLookup()
          .findConstructor(
              Thread.class,
              MethodType.methodType(
                  void.class,
                  ThreadGroup.class,
                  Runnable.class,
                  String.class,
                  long.class,
                  boolean.class));
    } catch (ReflectiveOperationException java8) {
      return null;
    }
  }

  private static Field inherited() {
    try {
      Field inherited = Thread.class.getDeclaredField("inheritableThreadLocals");
      inherited.setAccessible(true);
      return inherited;
    } catch (ReflectiveOperationException | RuntimeException unknown) {
      return null;
    }
  }

  /** A thread that is yet to be started. */
  public static Thread daemon(Runnable task, String name) {
    Thread thread = thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static Thread thread(Runnable task, String name) {
    try {
      if (CONSTRUCTOR != null) {
        return (Thread) CONSTRUCTOR.invokeExact((ThreadGroup) null, task, name, 0L, false);
      }
      Thread thread = new Thread(task, name);
      if (INHERITED != null) {
        INHERITED.set(thread, null);
      }
      return thread;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("no thread can be made", e);
    }
  }
}
