package dev.meshagent.runtime.weave;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.TypeResolutionStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaConstant;

/**
 * Writes the calls of advice into a class, with Byte Buddy: one {@code invokedynamic} per advice
 * method, whose static arguments are the module's and the advice class's name, and whose types are
 * erased so that the class refers to nothing it cannot see. Nothing is added to the class but code
 * in existing methods, so that loaded classes can be retransformed. Thread-safe.
 */
final class AdviceWriter {
  private final ByteBuddy byteBuddy =
      new ByteBuddy()
          .with(TypeValidation.DISABLED)
          .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
          .with(InstrumentedType.Factory.Default.FROZEN)
          .with(Implementation.Context.Disabled.Factory.INSTANCE);

  private final MethodDescription.InDefinedShape bootstrap;
  private final StackManipulation suppress;
  private final Advice.PostProcessor.Factory assignReturned =
      new Advice.AssignReturned.Factory().withSuppressed(Throwable.class);

  /**
   * @param boot the boot class, with the methods {@code link} and {@code suppressed}
   */
  AdviceWriter(Class<?> boot) {
    MethodDescription.InDefinedShape link = null;
    MethodDescription.InDefinedShape suppressed = null;
    for (Method method : boot.getMethods()) {
      if (method.getName().equals("link")) {
        link = new MethodDescription.ForLoadedMethod(method);
      } else if (method.getName().equals("suppressed")) {
        suppressed = new MethodDescription.ForLoadedMethod(method);
      }
    }
    this.bootstrap = link;
    this.suppress = MethodInvocation.invoke(suppressed);
  }

  /**
   * Writes the hooks of one class.
   *
   * @return the woven class file, or null if none of the hooks' methods is there
   */
  byte[] write(String internalName, ClassFiles classFiles, List<Hook> hooks) {
    TypePool pool = TypePool.Default.WithLazyResolution.of(classFiles);
    TypeDescription type = pool.describe(internalName.replace('/', '.')).resolve();
    DynamicType.Builder<?> builder = byteBuddy.decorate(type, classFiles);
    for (Hook hook : hooks) {
      builder = builder.visit(advice(hook, pool, classFiles).on(new Matches(hook)));
    }
    return builder.make(TypeResolutionStrategy.Disabled.INSTANCE, pool).getBytes();
  }

  private Advice advice(Hook hook, TypePool pool, ClassFiles classFiles) {
    return Advice.withCustomMapping()
        .with(assignReturned)
        .bootstrap(
            bootstrap,
            new LinkArguments(hook),
            TypeDescription.Generic.Visitor.Generalizing.INSTANCE)
        .to(pool.describe(hook.method.adviceClass).resolve(), classFiles)
        .withExceptionHandler(suppress);
  }

  /** What the linker is told of a call: the module and the class of the advice. */
  private static final class LinkArguments
      implements Advice.BootstrapArgumentResolver.Factory, Advice.BootstrapArgumentResolver {
    private final List<JavaConstant> arguments;

    LinkArguments(Hook hook) {
      arguments =
          Arrays.asList(
              JavaConstant.Simple.ofLoaded(hook.module),
              JavaConstant.Simple.ofLoaded(hook.method.adviceClass));
    }

    @Override
    public Advice.BootstrapArgumentResolver resolve(
        MethodDescription.InDefinedShape adviceMethod, boolean exit) {
      return this;
    }

    @Override
    public List<JavaConstant> resolve(TypeDescription type, MethodDescription method) {
      return arguments;
    }
  }

  /** Chooses the method that a hook means. */
  private static final class Matches implements ElementMatcher<MethodDescription> {
    private final Hook hook;

    Matches(Hook hook) {
      this.hook = hook;
    }

    @Override
    public boolean matches(MethodDescription method) {
      return hook.matches(method.getInternalName(), method.getDescriptor());
    }
  }
}
