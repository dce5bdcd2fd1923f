package dev.meshagent.instrumentation.httpurlconnection;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Looks members of the JDK up, with all types erased, and remembers the first that is missing. By
 * reflection, as JDK 8 has no other way to what is not public; the agent has opened the packages.
 */
final class Members {
  private final MethodHandles.Lookup lookup = MethodHandles.lookup();

  /** What could not be found first, or null. */
  Throwable missing;

  Class<?> type(String name) {
    try {
      return Class.forName(name, false, null);
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle getter(Class<?> owner, String name) {
    try {
      return erased(lookup.unreflectGetter(open(owner.getDeclaredField(name))));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle setter(Class<?> owner, String name) {
    try {
      Field field = open(owner.getDeclaredField(name));
      return erased(lookup.unreflectSetter(field));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle method(Class<?> owner, String name, Class<?>... arguments) {
    try {
      Method method = open(owner.getDeclaredMethod(name, arguments));
      return erased(lookup.unreflect(method));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  /** The method of that name whose arguments begin with a type, whatever follows. */
  MethodHandle methodFrom(Class<?> owner, String name, Class<?> first) {
    try {
      for (Method method : owner.getDeclaredMethods()) {
        Class<?>[] arguments = method.getParameterTypes();
        if (method.getName().equals(name) && arguments.length > 0 && arguments[0] == first) {
          return erased(lookup.unreflect(open(method)));
        }
      }
      throw new NoSuchMethodException(owner.getName() + "." + name);
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle constructor(Class<?> owner, Class<?>... arguments) {
    try {
      return erased(lookup.unreflectConstructor(open(owner.getDeclaredConstructor(arguments))));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  private static <T extends AccessibleObject> T open(T member) {
    member.setAccessible(true);
    return member;
  }

  /** The same with its arguments in an array; null for null. */
  static MethodHandle spread(MethodHandle member) {
    return member == null
        ? null
        : member.asSpreader(Object[].class, member.type().parameterCount());
  }

  /** All Object; void answers null. */
  private static MethodHandle erased(MethodHandle handle) {
    return handle.asType(handle.type().generic());
  }

  private <T> T missed(Throwable e) {
    if (missing == null) {
      missing = e;
    }
    return null;
  }
}
