package java.lang;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one class of the agent that instrumented code refers to: the bootstrap method of its {@code
 * invokedynamic} instructions. It lives in {@code java.lang} of the boot loader because that is
 * what every class loader delegates, whatever else it filters.
 *
 * <pre>
 *   woven class ──indy──▶ link() ──▶ linker (agent loader) ──▶ advice (instrumentation loader)
 *   old class   ────────▶ call() ──▶ linker ─────────────────▶ advice
 *               ──catch─▶ suppressed() ──▶ observer (agent loader)
 * </pre>
 *
 * Only JDK types cross this class, so neither side sees the other's loader. Thread-safe. Nothing is
 * ever thrown at the instrumented code: what cannot be linked becomes a call that does nothing.
 */
public final class MeshAgentDispatch {
  private static volatile Function<Object[], Object> linker;
  private static volatile Consumer<Throwable> observer;

  private MeshAgentDispatch() {}

  /**
   * Called once, by the agent that defined this class.
   *
   * @param linker turns {@code {Lookup, String, MethodType, Object[]}} into a {@link CallSite}, or
   *     null; and {@code {Class, String, Object[]}}, see {@link #call}, into the advice's answer
   * @param observer told of every exception of an advice
   * @return false if an agent is already installed; nothing was changed then
   */
  public static synchronized boolean install(
      Function<Object[], Object> linker, Consumer<Throwable> observer) {
    if (MeshAgentDispatch.linker != null) {
      return false;
    }
    MeshAgentDispatch.observer = observer;
    MeshAgentDispatch.linker = linker;
    return true;
  }

  /** The bootstrap method: see {@link java.lang.invoke}. Never throws. */
  public static CallSite link(
      MethodHandles.Lookup caller, String name, MethodType type, Object... arguments) {
    try {
      Function<Object[], Object> installed = linker;
      if (installed != null) {
        Object linked = installed.apply(new Object[] {caller, name, type, arguments});
        if (linked instanceof CallSite && ((CallSite) linked).type().equals(type)) {
          return (CallSite) linked;
        }
      }
    } catch (Throwable e) {
      suppressed(e);
    }
    return new ConstantCallSite(doNothing(type));
  }

  /**
   * Calls advice for a class file that is too old to hold an {@code invokedynamic}. What the advice
   * throws goes on to the caller, which tells {@link #suppressed} as ever.
   *
   * @param caller the instrumented class
   * @param site which advice, in words that are the linker's own
   * @return the advice's answer, boxed, or the default of its type if it cannot be linked
   */
  public static Object call(Class<?> caller, String site, Object[] arguments) {
    Function<Object[], Object> installed = linker;
    return installed == null ? null : installed.apply(new Object[] {caller, site, arguments});
  }

  /** Called by instrumented code with what an advice threw, instead of throwing it. */
  public static void suppressed(Throwable error) {
    try {
      Consumer<Throwable> installed = observer;
      if (installed != null) {
        installed.accept(error);
      }
    } catch (Throwable ignored) {
      // There is nobody left to tell.
    }
  }

  private static MethodHandle doNothing(MethodType type) {
    Class<?> result = type.returnType();
    MethodHandle nothing;
    if (result == void.class) {
      nothing =
          MethodHandles.constant(Object.class, null).asType(MethodType.methodType(void.class));
    } else if (result == boolean.class) {
      nothing = MethodHandles.constant(boolean.class, false);
    } else if (result == char.class) {
      nothing = MethodHandles.constant(char.class, (char) 0);
    } else if (result.isPrimitive()) {
      nothing = MethodHandles.constant(byte.class, (byte) 0).asType(MethodType.methodType(result));
    } else {
      nothing = MethodHandles.constant(result, null);
    }
    return MethodHandles.dropArguments(nothing, 0, type.parameterList());
  }
}
