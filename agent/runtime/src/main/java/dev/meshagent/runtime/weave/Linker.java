package dev.meshagent.runtime.weave;

import dev.meshagent.runtime.log.Log;
import dev.meshagent.spi.Mesh;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Links the calls that the weaver wrote to the advice methods that they mean. Called once per call
 * site by the boot class, on whatever thread of the application gets there first; thread-safe. An
 * advice that cannot be linked is logged once and becomes a call that does nothing. An advice that
 * linking it runs into itself does nothing there and is linked at its next call. No lambda here: it
 * would be linked while linking.
 */
final class Linker implements Function<Object[], Object> {
  private final ApplicationLoaders loaders;
  private final Map<String, Boolean> reported = new ConcurrentHashMap<>();
  private final Map<String, Boolean> linking = new ConcurrentHashMap<>();
  private final PlainCalls plain = new PlainCalls(this);

  Linker(ApplicationLoaders loaders) {
    this.loaders = loaders;
  }

  /**
   * @param link {@code {Lookup caller, String adviceMethod, MethodType type, Object[] {String
   *     module, String adviceClass}}}, or {@code {Class caller, String site, Object[] arguments}}
   * @return a CallSite, or null for a call that does nothing; or the advice's answer
   */
  @Override
  public Object apply(Object[] link) {
    if (link.length == PlainCalls.LENGTH) {
      return plain.call(link);
    }
    Object[] arguments = (Object[]) link[3];
    String adviceClass = (String) arguments[1];
    String recursion = recursion(link);
    if (linking.putIfAbsent(recursion, Boolean.TRUE) != null) {
      try {
        // The JVM keeps this inner answer for the site, also where the outer one is about the same.
        return new LaterCallSite(this, link);
      } catch (ReflectiveOperationException | RuntimeException e) {
        report(adviceClass, "was called while it was being linked, calls pass it by", e);
        return null;
      }
    }
    try {
      MethodHandles.Lookup caller = (MethodHandles.Lookup) link[0];
      ClassLoader loader =
          loaders.instrumentation((String) arguments[0], caller.lookupClass().getClassLoader());
      Method advice = find(Class.forName(adviceClass, true, loader), (String) link[1]);
      return new ConstantCallSite(
          MethodHandles.publicLookup().unreflect(advice).asType((MethodType) link[2]));
    } catch (Throwable e) {
      report(adviceClass, "cannot be linked, calls pass it by", e);
      return null;
    } finally {
      linking.remove(recursion);
    }
  }

  /** True while the present thread links the same advice. */
  boolean isLinking(Object[] link) {
    return linking.containsKey(recursion(link));
  }

  /** Per thread: others may link another call of the same advice at the same time. */
  private static String recursion(Object[] link) {
    return Thread.currentThread().getId() + " " + ((Object[]) link[3])[1] + "." + link[1];
  }

  private static Method find(Class<?> adviceClass, String name) throws NoSuchMethodException {
    for (Method method : adviceClass.getMethods()) {
      if (method.getName().equals(name) && Modifier.isStatic(method.getModifiers())) {
        return method;
      }
    }
    throw new NoSuchMethodException(adviceClass.getName() + "." + name + " (public and static)");
  }

  private void report(String adviceClass, String problem, Throwable error) {
    Mesh mesh = Mesh.get();
    if (mesh != null && error != null) {
      mesh.agentError("link of " + adviceClass, error);
    }
    if (reported.putIfAbsent(adviceClass + problem, Boolean.TRUE) == null) {
      Log.error("advice " + adviceClass + " " + problem, error);
    }
  }
}
