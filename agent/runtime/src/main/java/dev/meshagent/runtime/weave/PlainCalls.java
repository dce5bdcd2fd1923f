package dev.meshagent.runtime.weave;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Calls advice for class files that are too old to hold an {@code invokedynamic}: what the JVM
 * would keep for each call site is kept here for each class, and goes with it. Thread-safe; a call
 * that was linked takes two look-ups and no lock.
 */
final class PlainCalls extends ClassValue<ConcurrentHashMap<String, MethodHandle>> {
  /** Of the array that the linker is given: it means a plain call, and not a site to link. */
  static final int LENGTH = 3;

  private static final char SEPARATOR = '|';
  private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

  private final Function<Object[], Object> linker;

  PlainCalls(Function<Object[], Object> linker) {
    this.linker = linker;
  }

  /** Names a call in a woven class: the same words make the same call. */
  static String site(String module, String adviceClass, String method, String descriptor) {
    return module + SEPARATOR + adviceClass + SEPARATOR + method + SEPARATOR + descriptor;
  }

  /**
   * @param call {@code {Class caller, String site, Object[] arguments}}
   * @return what the advice answers; what it throws is thrown on, whatever it is
   */
  Object call(Object[] call) {
    Class<?> caller = (Class<?>) call[0];
    String site = (String) call[1];
    ConcurrentHashMap<String, MethodHandle> sites = get(caller);
    MethodHandle advice = sites.get(site);
    try {
      if (advice == null) {
        advice = link(caller, site);
        sites.put(site, advice);
      }
      return (Object) advice.invokeExact((Object[]) call[2]);
    } catch (Throwable e) {
      throw PlainCalls.<RuntimeException>asItIs(e);
    }
  }

  @Override
  protected ConcurrentHashMap<String, MethodHandle> computeValue(Class<?> caller) {
    return new ConcurrentHashMap<>();
  }

  private MethodHandle link(Class<?> caller, String site) {
    String[] words = site.split("\\" + SEPARATOR);
    // The advice's types are erased, so that any loader knows them.
    MethodType type = MethodType.fromMethodDescriptorString(words[3], caller.getClassLoader());
    Object linked =
        linker.apply(
            new Object[] {
              MethodHandles.publicLookup().in(caller),
              words[2],
              type,
              new Object[] {words[0], words[1]}
            });
    MethodHandle advice =
        linked == null ? LaterCallSite.nothing(type) : ((CallSite) linked).dynamicInvoker();
    return advice.asSpreader(Object[].class, type.parameterCount()).asType(SPREAD);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asItIs(Throwable e) throws T {
    throw (T) e;
  }
}
