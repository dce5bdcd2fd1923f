package dev.meshagent.boot;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;

/**
 * Defines a class in {@code java.lang} on Java 9 and later without Unsafe, and without the append
 * path of the boot loader, which would switch class data sharing off and print a warning. It is
 * itself loaded by a throwaway loader: {@code java.lang} is opened to that loader's unnamed module
 * and to nobody else.
 */
public final class BootDefiner {
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

  public static ClassLoader platformLoader() {
    return ClassLoader.getPlatformClassLoader();
  }
}
