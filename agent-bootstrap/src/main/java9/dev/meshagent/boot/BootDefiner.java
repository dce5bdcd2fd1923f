package dev.meshagent.boot;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;

/**
 * Defines a class in {@code java.lang} on Java 9 and later without Unsafe, and without the append
 * path of the boot loader, which would switch class data sharing off and print a warning. It is
 * itself loaded by a throwaway loader: {@code java.lang} is opened to that loader's unnamed module
 * and to nobody else.
 */
public final class BootDefiner {
  private static final int FIRST_WITH_AOT_CACHE = 24;

  private BootDefiner() {}

  public static Class<?> define(Instrumentation instrumentation, byte[] classFile)
      throws IllegalAccessException {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", Set.of(BootDefiner.class.getModule())),
        Set.of(),
        Map.of());
    return MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup())
        .defineClass(classFile);
  }

  /**
   * True if this run records an AOT cache (JDK 24 and later). JDK 25.0.3 leaves classes out of the
   * cache that an agent has woven, and then crashes wherever that cache is used.
   */
  public static boolean recordsAotCache(Instrumentation instrumentation)
      throws ReflectiveOperationException {
    if (Runtime.version().major() < FIRST_WITH_AOT_CACHE) {
      return false;
    }
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.misc", Set.of(BootDefiner.class.getModule())),
        Map.of(),
        Set.of(),
        Map.of());
    Method arguments = Class.forName("jdk.internal.misc.VM").getMethod("getRuntimeArguments");
    for (String argument : (String[]) arguments.invoke(null)) {
      if (argument.startsWith("-XX:AOTCacheOutput=") || argument.equals("-XX:AOTMode=record")) {
        return true;
      }
    }
    return false;
  }

  public static ClassLoader platformLoader() {
    return ClassLoader.getPlatformClassLoader();
  }
}
