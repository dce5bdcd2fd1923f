package dev.meshagent.runtime.weave;

import dev.meshagent.runtime.log.Log;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Exports and opens packages of named modules to an instrumentation loader, and to nobody else.
 * Written with reflection because Java 8, where it does nothing, has no modules.
 */
final class InternalPackages {
  private final Instrumentation instrumentation;

  InternalPackages(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /**
   * Exports and opens packages to the unnamed module of a loader.
   *
   * @param packages as {@code module/package}; modules that are not in the boot layer are passed by
   */
  void open(List<String> packages, ClassLoader loader) {
    if (packages.isEmpty() || System.getProperty("java.specification.version").startsWith("1.")) {
      return;
    }
    try {
      Object unnamed = ClassLoader.class.getMethod("getUnnamedModule").invoke(loader);
      Map<String, Map<String, Set<?>>> packagesByModule = new HashMap<>();
      for (String entry : packages) {
        int slash = entry.indexOf('/');
        String module = entry.substring(0, slash);
        Map<String, Set<?>> opened = packagesByModule.get(module);
        if (opened == null) {
          opened = new HashMap<>();
          packagesByModule.put(module, opened);
        }
        opened.put(entry.substring(slash + 1), Collections.singleton(unnamed));
      }
      for (Map.Entry<String, Map<String, Set<?>>> entry : packagesByModule.entrySet()) {
        open(entry.getKey(), entry.getValue());
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      Log.warn("packages " + packages + " cannot be opened to the agent's advice", cause);
    }
  }

  private void open(String moduleName, Map<String, Set<?>> packages)
      throws ReflectiveOperationException {
    Class<?> layerType = Class.forName("java.lang.ModuleLayer");
    Class<?> moduleType = Class.forName("java.lang.Module");
    Object boot = layerType.getMethod("boot").invoke(null);
    Optional<?> module =
        (Optional<?>) layerType.getMethod("findModule", String.class).invoke(boot, moduleName);
    if (module.isPresent()) {
      Instrumentation.class
          .getMethod(
              "redefineModule", moduleType, Set.class, Map.class, Map.class, Set.class, Map.class)
          .invoke(
              instrumentation,
              module.get(),
              Collections.emptySet(),
              packages,
              packages,
              Collections.emptySet(),
              Collections.emptyMap());
    }
  }
}
