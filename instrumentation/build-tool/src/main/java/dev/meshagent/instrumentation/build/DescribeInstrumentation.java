package dev.meshagent.instrumentation.build;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.TypeTarget;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/**
 * Run by the build on the compiled classes of an instrumentation: writes, for each of its modules,
 * what the agent wants to know without loading anything.
 *
 * <ul>
 *   <li>{@code META-INF/mesh/targets/<module>.txt}: the internal names of the classes that are
 *       woven, which the agent's gate looks for.
 *   <li>{@code META-INF/mesh/references/<module>.txt}: for each advice class, what it and the
 *       module's classes that it uses refer to in the library, which is checked before weaving.
 * </ul>
 *
 * Advice that breaks the rules of the dispatch (see {@link AdviceRules}) fails the build.
 */
public final class DescribeInstrumentation {
  private DescribeInstrumentation() {}

  /**
   * @param arguments the directory of compiled classes
   */
  public static void main(String[] arguments) throws IOException {
    describe(Path.of(arguments[0]));
  }

  static void describe(Path classes) throws IOException {
    ModuleClasses moduleClasses = new ModuleClasses(classes);
    PlatformApi platform = new PlatformApi();
    for (InstrumentationModule module : modules(classes)) {
      Set<String> targets = new LinkedHashSet<>();
      Map<String, Set<String>> references = new TreeMap<>();
      for (TypeTarget type : module.types()) {
        targets.add(type.className.replace('.', '/'));
        type.methods.forEach(method -> references.put(method.adviceClass, Set.of()));
      }
      references.replaceAll(
          (advice, none) -> {
            AdviceRules.check(advice, moduleClasses.read(advice.replace('.', '/')));
            return new ReferenceCollector(moduleClasses, platform)
                .collect(advice.replace('.', '/'));
          });
      write(classes.resolve("META-INF/mesh/targets/" + module.name() + ".txt"), targets);
      List<String> lines = new ArrayList<>();
      references.forEach(
          (advice, members) -> {
            lines.add("advice " + advice);
            lines.addAll(members);
          });
      write(classes.resolve("META-INF/mesh/references/" + module.name() + ".txt"), lines);
    }
  }

  private static List<InstrumentationModule> modules(Path classes) throws IOException {
    // Not closed before the modules are read; the build's process is short.
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, InstrumentationModule.class.getClassLoader())) {
      List<InstrumentationModule> modules = new ArrayList<>();
      ServiceLoader.load(InstrumentationModule.class, loader).forEach(modules::add);
      if (modules.isEmpty()) {
        throw new IllegalStateException(
            classes
                + " lists no module in META-INF/services/"
                + InstrumentationModule.class.getName());
      }
      for (InstrumentationModule module : modules) {
        module.types();
      }
      return modules;
    }
  }

  private static void write(Path file, Iterable<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines) + "\n");
  }
}
