package dev.meshagent.scripted;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * Weaves a module's advice into this JVM's own classes, the way the agent does it but by Byte
 * Buddy, so that the engine's answers can be scripted in the process of the test. Thread-safe.
 */
public final class Weaving {
  /** By name: were it loaded from here, woven classes from here would not see the boot loader's. */
  private static final String LINK = "dev.meshagent.scripted.HarnessLink";

  private static final Set<String> WOVEN = new HashSet<>();
  private static Class<?> link;

  /** Of the link's class, once that is there. */
  private static Queue<Throwable> suppressed = new ConcurrentLinkedQueue<>();

  private Weaving() {}

  /** Once in a JVM for each module, before its tests. */
  public static synchronized void ensure(InstrumentationModule module) throws Exception {
    if (!WOVEN.add(module.name())) {
      return;
    }
    Instrumentation instrumentation = ByteBuddyAgent.install();
    if (link == null) {
      link = bootClass(instrumentation);
      suppressed = suppressedBy(link);
      link.getField("linker").set(null, (Function<Object[], Object>) Weaving::link);
    }
    open(instrumentation, module);
    MethodDescription.InDefinedShape bootstrap =
        new MethodDescription.ForLoadedMethod(
            link.getMethod(
                "link",
                MethodHandles.Lookup.class,
                String.class,
                MethodType.class,
                Object[].class));
    StackManipulation suppresses =
        MethodInvocation.invoke(
            new MethodDescription.ForLoadedMethod(link.getMethod("suppressed", Throwable.class)));
    AgentBuilder agent =
        new AgentBuilder.Default()
            .disableClassFormatChanges()
            .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
            .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
            .ignore(net.bytebuddy.matcher.ElementMatchers.none());
    for (TypeTarget type : module.types()) {
      load(type.className);
      agent =
          agent
              .type(named(type.className))
              .transform(
                  (builder, description, loader, named, domain) -> {
                    DynamicType.Builder<?> woven = builder;
                    for (MethodTarget method : type.methods) {
                      woven = woven.visit(advice(method, bootstrap, suppresses));
                    }
                    return woven;
                  });
    }
    agent.installOn(instrumentation);
  }

  /** Byte Buddy does not see a class that is first loaded while it transforms another. */
  private static void load(String className) {
    try {
      Class.forName(className, false, Weaving.class.getClassLoader());
    } catch (ClassNotFoundException ofAnotherVersion) {
      return;
    }
  }

  /** Woven classes of the JDK see only what the boot loader has. */
  private static Class<?> bootClass(Instrumentation instrumentation) throws Exception {
    Path jar = Files.createTempFile("harness", ".jar");
    jar.toFile().deleteOnExit();
    String entry = LINK.replace('.', '/') + ".class";
    try (InputStream bytes = Weaving.class.getClassLoader().getResourceAsStream(entry);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(entry));
      bytes.transferTo(out);
    }
    instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(jar.toFile()));
    return Class.forName(LINK, true, null);
  }

  private static void open(Instrumentation instrumentation, InstrumentationModule module) {
    Map<String, Map<String, Set<Module>>> packages = new HashMap<>();
    for (String internal : module.internalPackages()) {
      int slash = internal.indexOf('/');
      packages
          .computeIfAbsent(internal.substring(0, slash), name -> new HashMap<>())
          .put(internal.substring(slash + 1), Set.of(Weaving.class.getModule()));
    }
    packages.forEach(
        (name, opens) ->
            instrumentation.redefineModule(
                ModuleLayer.boot().findModule(name).orElseThrow(),
                Set.of(link.getModule()),
                Map.of(),
                opens,
                Set.of(),
                Map.of()));
  }

  /** What any advice threw. */
  public static synchronized Queue<Throwable> suppressed() {
    return suppressed;
  }

  @SuppressWarnings("unchecked")
  private static Queue<Throwable> suppressedBy(Class<?> link) throws ReflectiveOperationException {
    return (Queue<Throwable>) link.getField("SUPPRESSED").get(null);
  }

  private static net.bytebuddy.asm.AsmVisitorWrapper advice(
      MethodTarget method, MethodDescription.InDefinedShape bootstrap, StackManipulation suppressed)
      throws RuntimeException {
    ElementMatcher<MethodDescription> target =
        candidate ->
            candidate.getInternalName().equals(method.name)
                && candidate.getDescriptor().startsWith(method.descriptorPrefix);
    try {
      return Advice.withCustomMapping()
          .with(new Advice.AssignReturned.Factory().withSuppressed(Throwable.class))
          .bootstrap(
              bootstrap,
              Advice.BootstrapArgumentResolver.ForDefaultValues.Factory.INSTANCE,
              TypeDescription.Generic.Visitor.Generalizing.INSTANCE)
          .to(Class.forName(method.adviceClass))
          .withExceptionHandler(new Advice.ExceptionHandler.Simple(suppressed))
          .on(target);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object link(Object[] call) {
    String name = (String) call[1];
    MethodType type = (MethodType) call[2];
    Object[] arguments = (Object[]) call[3];
    try {
      Class<?> advice = Class.forName((String) arguments[0]);
      for (java.lang.reflect.Method method : advice.getMethods()) {
        if (method.getName().equals(name)) {
          return new ConstantCallSite(MethodHandles.lookup().unreflect(method).asType(type));
        }
      }
      throw new IllegalStateException("no " + name + " in " + advice);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
