package dev.meshagent.runtime.weave;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/** Stands for the boot class: links to the advice in this loader and notes what it throws. */
public final class TestDispatch {
  static final List<Throwable> SUPPRESSED = new ArrayList<>();

  private static final PlainCalls PLAIN =
      new PlainCalls(
          call -> {
            try {
              return link(
                  (MethodHandles.Lookup) call[0],
                  (String) call[1],
                  (MethodType) call[2],
                  (Object[]) call[3]);
            } catch (ReflectiveOperationException e) {
              throw new IllegalStateException(e);
            }
          });

  private TestDispatch() {}

  public static Object call(Class<?> caller, String site, Object[] arguments) {
    return PLAIN.call(new Object[] {caller, site, arguments});
  }

  public static CallSite link(
      MethodHandles.Lookup caller, String name, MethodType type, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : Class.forName((String) arguments[1]).getMethods()) {
      if (method.getName().equals(name)) {
        return new ConstantCallSite(MethodHandles.lookup().unreflect(method).asType(type));
      }
    }
    throw new NoSuchMethodException(name);
  }

  public static void suppressed(Throwable error) {
    SUPPRESSED.add(error);
  }
}
