package dev.meshagent.runtime.weave;

import dev.meshagent.runtime.log.Log;
import dev.meshagent.spi.InstrumentationModule;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Weaves the modules' advice into the classes that the gate lets through. A module whose library
 * does not fit is left out for that loader, with one log line; an error leaves the class as it is.
 * Thread-safe.
 */
public final class Weaver implements ClassFileTransformer {
  /** The first class file version that has constants of classes, which woven code uses (Java 5). */
  private static final int FIRST_VERSION = 49;

  private static final String BOOT_CLASS = "java.lang.MeshAgentDispatch";

  private final ClassLoader agent;
  private final Instrumentations instrumentations;
  private final ApplicationLoaders loaders;
  private final Path dumpDirectory;
  private final AtomicBoolean dumpFailed = new AtomicBoolean();
  private final AdviceWriter writer = new AdviceWriter(BOOT_CLASS.replace('.', '/'));

  private Weaver(
      ClassLoader agent,
      Instrumentations instrumentations,
      ApplicationLoaders loaders,
      Path dumpDirectory) {
    this.agent = agent;
    this.instrumentations = instrumentations;
    this.loaders = loaders;
    this.dumpDirectory = dumpDirectory;
  }

  /**
   * Connects the boot class with this agent.
   *
   * @param agent the loader of the agent's classes
   * @param dumpDirectory where woven class files are written as well, or null
   * @return null if another copy of the agent is connected already
   */
  public static Weaver install(
      ClassLoader agent,
      Instrumentations instrumentations,
      Instrumentation instrumentation,
      Path dumpDirectory)
      throws ReflectiveOperationException {
    Class<?> boot = Class.forName(BOOT_CLASS, true, null);
    ApplicationLoaders loaders =
        new ApplicationLoaders(agent, new InternalPackages(instrumentation), instrumentations);
    Method install = null;
    for (Method method : boot.getMethods()) {
      if (method.getName().equals("install")) {
        install = method;
      }
    }
    if (install == null) {
      throw new NoSuchMethodException(BOOT_CLASS + ".install");
    }
    boolean first = (Boolean) install.invoke(null, new Linker(loaders), new SuppressedErrors());
    return first ? new Weaver(agent, instrumentations, loaders, dumpDirectory) : null;
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String className,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    List<Hook> hooks = instrumentations.hooks(className);
    if (hooks.isEmpty() || loader == agent) {
      return null;
    }
    try {
      ClassFiles classFiles = new ClassFiles(agent, loader, className, classFile);
      List<Hook> fitting = new ArrayList<>();
      for (Hook hook : hooks) {
        LibraryCheck.Verdict verdict = verdict(hook.module, loader, classFiles, classFile);
        if (verdict.misfit == null && !verdict.droppedAdvice.contains(hook.method.adviceClass)) {
          fitting.add(hook);
        }
      }
      byte[] woven = fitting.isEmpty() ? null : writer.write(classFile, classFiles, fitting);
      if (woven != null && dumpDirectory != null) {
        dump(loader, className, woven);
      }
      return woven;
    } catch (Throwable e) {
      Log.error(className.replace('/', '.') + " is left as it is: it cannot be woven", e);
      return null;
    }
  }

  /** A directory for each loader, since two may have a class of the same name. */
  private void dump(ClassLoader loader, String className, byte[] woven) {
    String of =
        loader == null
            ? "boot"
            : loader.getClass().getSimpleName()
                + "-"
                + Integer.toHexString(System.identityHashCode(loader));
    Path file = dumpDirectory.resolve(of).resolve(className + ".class");
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, woven);
    } catch (IOException | RuntimeException e) {
      if (dumpFailed.compareAndSet(false, true)) {
        Log.warn("woven class files cannot be written for inspection", e);
      }
    }
  }

  private LibraryCheck.Verdict verdict(
      String module, ClassLoader loader, ClassFiles classFiles, byte[] classFile) {
    LibraryCheck.Verdict verdict = loaders.verdict(loader, module);
    if (verdict != null) {
      return verdict;
    }
    InstrumentationModule descriptor = instrumentations.module(module);
    int version = AdviceWriter.version(classFile);
    verdict =
        version < FIRST_VERSION
            ? new LibraryCheck.Verdict(
                "class files of version " + version, Collections.<String>emptySet())
            : new LibraryCheck(agent, new LibraryTypes(classFiles)).check(descriptor);
    loaders.verdict(loader, module, verdict);
    if (verdict.misfit != null) {
      Log.warn(
          module
              + " is not applied: this version of the library does not fit ("
              + (version < FIRST_VERSION ? "it has " : "it has no ")
              + verdict.misfit
              + "); its calls do not go through the mesh; loader: "
              + (loader == null ? "boot" : loader.getClass().getName()));
    } else {
      Log.debug(module + " is applied; without " + verdict.droppedAdvice);
    }
    return verdict;
  }
}
