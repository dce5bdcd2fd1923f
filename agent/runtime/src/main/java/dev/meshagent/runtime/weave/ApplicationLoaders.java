package dev.meshagent.runtime.weave;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the agent knows of each application loader, without keeping it alive: which modules fit the
 * libraries that it sees, and the instrumentation loaders made for it. The boot and the platform
 * loader count as one. Thread-safe; its lock is never held while foreign code runs.
 */
final class ApplicationLoaders {
  private final ClassLoader agent;
  private final InternalPackages internalPackages;
  private final Instrumentations instrumentations;
  private final State platform = new State();
  private final Map<ClassLoader, State> states = new WeakHashMap<>();

  /** Keeps the loaders of the JDK's own types, which live as long as the process anyway. */
  private final Map<String, ClassLoader> platformLoaders = new ConcurrentHashMap<>();

  ApplicationLoaders(
      ClassLoader agent, InternalPackages internalPackages, Instrumentations instrumentations) {
    this.agent = agent;
    this.internalPackages = internalPackages;
    this.instrumentations = instrumentations;
  }

  /** The verdict of a module's library check for a loader, or null before it was made. */
  LibraryCheck.Verdict verdict(ClassLoader loader, String module) {
    return state(loader).verdicts.get(module);
  }

  void verdict(ClassLoader loader, String module, LibraryCheck.Verdict verdict) {
    state(loader).verdicts.put(module, verdict);
  }

  /** The loader that holds a module's advice for the types of an application loader. */
  ClassLoader instrumentation(String module, ClassLoader loader) {
    State state = state(loader);
    synchronized (state) {
      WeakReference<ClassLoader> reference = state.loaders.get(module);
      ClassLoader existing = reference == null ? null : reference.get();
      if (existing != null) {
        return existing;
      }
      boolean jdk = isPlatform(loader);
      ClassLoader created = new InstrumentationLoader(agent, jdk ? agent.getParent() : loader);
      internalPackages.open(instrumentations.module(module).internalPackages(), created);
      state.loaders.put(module, new WeakReference<>(created));
      if (jdk) {
        platformLoaders.put(module, created);
      }
      return created;
    }
  }

  private State state(ClassLoader loader) {
    if (isPlatform(loader)) {
      return platform;
    }
    synchronized (states) {
      State state = states.get(loader);
      if (state == null) {
        state = new State();
        states.put(loader, state);
      }
      return state;
    }
  }

  private boolean isPlatform(ClassLoader loader) {
    return loader == null || loader == agent.getParent();
  }

  private static final class State {
    final Map<String, LibraryCheck.Verdict> verdicts = new ConcurrentHashMap<>();

    /** Weak: an instrumentation loader refers to its application loader, the key. */
    final Map<String, WeakReference<ClassLoader>> loaders = new ConcurrentHashMap<>();
  }
}
