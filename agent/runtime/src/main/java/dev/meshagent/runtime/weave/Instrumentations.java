package dev.meshagent.runtime.weave;

import dev.meshagent.runtime.log.Log;
import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The instrumentation modules of this agent, by name, and their hooks by target class. Immutable.
 */
public final class Instrumentations {
  private static final String SERVICE =
      "META-INF/services/" + InstrumentationModule.class.getName();

  private final Map<String, InstrumentationModule> modules = new LinkedHashMap<>();
  private final Map<String, List<Hook>> hooksByTarget = new HashMap<>();

  /**
   * @param modules in the order in which their advice is woven
   */
  public Instrumentations(Collection<InstrumentationModule> modules) {
    for (InstrumentationModule module : modules) {
      this.modules.put(module.name(), module);
      for (TypeTarget type : module.types()) {
        String target = type.className.replace('.', '/');
        List<Hook> hooks = hooksByTarget.get(target);
        if (hooks == null) {
          hooks = new ArrayList<>();
          hooksByTarget.put(target, hooks);
        }
        for (MethodTarget method : type.methods) {
          hooks.add(new Hook(module.name(), method));
        }
      }
    }
  }

  /**
   * Finds the modules that a loader offers, except those switched off. One for a newer Java than
   * this is left out, since what it would weave is not here; one that cannot be read is left out
   * and logged.
   */
  public static Instrumentations load(ClassLoader loader, Set<String> disabled) {
    List<InstrumentationModule> modules = new ArrayList<>();
    Set<String> unknown = new TreeSet<>(disabled);
    Set<String> known = new TreeSet<>();
    boolean newer = false;
    for (String className : services(loader)) {
      try {
        InstrumentationModule module =
            (InstrumentationModule)
                Class.forName(className, true, loader).getConstructor().newInstance();
        unknown.remove(module.name());
        known.add(module.name());
        if (!disabled.contains(module.name())) {
          modules.add(module);
        }
      } catch (UnsupportedClassVersionError e) {
        newer = true;
        Log.debug("instrumentation " + className + " is for a newer Java than this");
      } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
        Log.warn("instrumentation " + className + " cannot be read and is not applied", e);
      }
    }
    for (String name : unknown) {
      Log.warn(
          "mesh.instrumentation."
              + name
              + " switches nothing off: no instrumentation "
              + (newer
                  ? "for this Java has that name; for it there are "
                  : "has that name; there are ")
              + known);
    }
    return new Instrumentations(modules);
  }

  /** By hand: a ServiceLoader opens jar URLs, which cost more than all the rest of this. */
  private static List<String> services(ClassLoader loader) {
    List<String> names = new ArrayList<>();
    try (InputStream in = loader.getResourceAsStream(SERVICE)) {
      if (in != null) {
        for (String line : Bytes.lines(in)) {
          int comment = line.indexOf('#');
          String name = (comment < 0 ? line : line.substring(0, comment)).trim();
          if (!name.isEmpty()) {
            names.add(name);
          }
        }
      }
    } catch (IOException e) {
      Log.warn("the list of instrumentations cannot be read; none is applied", e);
    }
    return names;
  }

  InstrumentationModule module(String name) {
    return modules.get(name);
  }

  Collection<InstrumentationModule> all() {
    return modules.values();
  }

  /** The hooks of a class by its internal name; empty if it is no target. */
  List<Hook> hooks(String internalName) {
    List<Hook> hooks = hooksByTarget.get(internalName);
    return hooks == null ? Collections.<Hook>emptyList() : hooks;
  }
}
