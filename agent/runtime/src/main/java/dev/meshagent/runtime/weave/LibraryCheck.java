package dev.meshagent.runtime.weave;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks, before the first class of a module is woven, that the library has what the module's
 * targets and advice refer to. Reads class files and loads no class. Not thread-safe.
 *
 * <p>What advice refers to was collected by the build into {@code
 * META-INF/mesh/references/<module>.txt}: a line {@code advice <class>} followed by the references
 * of that advice and of what it calls in its own module.
 */
final class LibraryCheck {
  private static final String REFERENCES = "META-INF/mesh/references/";

  private final ClassLoader agent;
  private final LibraryTypes types;

  LibraryCheck(ClassLoader agent, LibraryTypes types) {
    this.agent = agent;
    this.types = types;
  }

  /** What a library turned out to have of what a module needs. Immutable. */
  static final class Verdict {
    /** Why the module does not fit this library, or null if it does. */
    final String misfit;

    /** Advice classes of optional targets that this version of the library cannot serve. */
    final Set<String> droppedAdvice;

    Verdict(String misfit, Set<String> droppedAdvice) {
      this.misfit = misfit;
      this.droppedAdvice = Collections.unmodifiableSet(droppedAdvice);
    }
  }

  Verdict check(InstrumentationModule module) {
    Set<String> dropped = new HashSet<>();
    try {
      Map<String, List<String>> references = references(module.name());
      for (TypeTarget type : module.types()) {
        String internalName = type.className.replace('.', '/');
        for (MethodTarget method : type.methods) {
          String missing = missing(internalName, method);
          if (missing != null && method.optional) {
            continue; // Nothing to weave; the same advice may serve another method.
          }
          if (missing == null) {
            missing = missing(method.adviceClass, references.get(method.adviceClass));
          }
          if (missing != null && !method.optional) {
            return new Verdict(missing, dropped);
          }
          if (missing != null) {
            dropped.add(method.adviceClass);
          }
        }
      }
      return new Verdict(null, dropped);
    } catch (IOException | RuntimeException e) {
      return new Verdict("the library cannot be read: " + e, dropped);
    }
  }

  private String missing(String type, MethodTarget method) {
    LibraryTypes.Type found = types.find(type);
    if (found == null) {
      return "class " + type.replace('/', '.');
    }
    return found.declares(method.name, method.descriptorPrefix)
        ? null
        : "method " + type.replace('/', '.') + "." + method.name + method.descriptorPrefix;
  }

  private String missing(String adviceClass, List<String> references) {
    if (references == null) {
      return "references of the advice " + adviceClass + " to be checked against";
    }
    for (String reference : references) {
      if (!types.has(reference.split(" "))) {
        return reference.replace('/', '.');
      }
    }
    return null;
  }

  private Map<String, List<String>> references(String module) throws IOException {
    Map<String, List<String>> byAdvice = new HashMap<>();
    try (InputStream in = agent.getResourceAsStream(REFERENCES + module + ".txt")) {
      if (in == null) {
        throw new IOException(REFERENCES + module + ".txt is missing from the agent");
      }
      List<String> current = null;
      for (String line : Bytes.lines(in)) {
        if (line.startsWith("advice ")) {
          current = new ArrayList<>();
          byAdvice.put(line.substring("advice ".length()), current);
        } else if (current != null && !line.isEmpty()) {
          current.add(line);
        }
      }
    }
    return byAdvice;
  }
}
