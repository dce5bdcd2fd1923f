package dev.meshagent.runtime.weave;

import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * A call of an advice that was reached while its thread was linking that same advice, as where
 * loading the advice goes through woven code. Calls do nothing for as long as that goes on; the
 * first one after it links the site. Thread-safe: two threads may both link it, to the same end.
 */
final class LaterCallSite extends MutableCallSite {
  private final Linker linker;
  private final Object[] link;

  /**
   * @param link as given to {@link Linker#apply}
   */
  LaterCallSite(Linker linker, Object[] link) throws ReflectiveOperationException {
    super((MethodType) link[2]);
    this.linker = linker;
    this.link = link;
    MethodHandle resolve =
        MethodHandles.lookup()
            .findSpecial(
                LaterCallSite.class,
                "resolve",
                MethodType.methodType(MethodHandle.class),
                LaterCallSite.class)
            .bindTo(this);
    setTarget(MethodHandles.foldArguments(MethodHandles.exactInvoker(type()), resolve));
  }

  /** The handle that the present call goes through. */
  private MethodHandle resolve() {
    if (linker.isLinking(link)) {
      return nothing(type());
    }
    Object linked = linker.apply(link);
    MethodHandle target =
        linked instanceof ConstantCallSite
            ? ((ConstantCallSite) linked).getTarget()
            : nothing(type());
    setTarget(target);
    return target;
  }

  /** A handle that does nothing and answers with the default of its type. */
  static MethodHandle nothing(MethodType type) {
    MethodHandle zero =
        MethodHandles.explicitCastArguments(
            MethodHandles.constant(Object.class, null), MethodType.methodType(type.returnType()));
    return MethodHandles.dropArguments(zero, 0, type.parameterList());
  }
}
