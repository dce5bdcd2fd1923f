package dev.meshagent.instrumentation.jdkhttpclient;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.http.HttpClient;

/** Looks members up, with all types erased, and remembers the first that is missing. */
final class Members {
  private static final String PACKAGE = "jdk.internal.net.http.";
  private final MethodHandles.Lookup lookup = MethodHandles.lookup();

  /** What could not be found first, or null. */
  Throwable missing;

  Class<?> type(String name) {
    try {
      return Class.forName(PACKAGE + name, false, HttpClient.class.getClassLoader());
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle getter(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      return erased(in(owner).unreflectGetter(field));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  /** Answers an int as it is, which costs no object. */
  MethodHandle intGetter(Class<?> owner, String name) {
    try {
      MethodHandle getter = in(owner).unreflectGetter(owner.getDeclaredField(name));
      return getter.asType(MethodType.methodType(int.class, Object.class));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle setter(Class<?> owner, String... names) {
    for (String name : names) {
      try {
        return erased(in(owner).unreflectSetter(owner.getDeclaredField(name)));
      } catch (NoSuchFieldException e) {
        continue;
      } catch (Throwable e) {
        return missed(e);
      }
    }
    return missed(new NoSuchFieldException(owner + "." + String.join(" or ", names)));
  }

  MethodHandle setterUnlessFinal(Class<?> owner, String name) {
    try {
      int modifiers = owner.getDeclaredField(name).getModifiers();
      return Modifier.isFinal(modifiers) ? null : setter(owner, name);
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle method(Class<?> owner, String name, Class<?> returned, Class<?>... arguments) {
    try {
      return erased(in(owner).findVirtual(owner, name, MethodType.methodType(returned, arguments)));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle optionalMethod(
      Class<?> owner, String name, Class<?> returned, Class<?>... arguments) {
    try {
      return erased(in(owner).findVirtual(owner, name, MethodType.methodType(returned, arguments)));
    } catch (NoSuchMethodException e) {
      return null;
    } catch (Throwable e) {
      return missed(e);
    }
  }

  MethodHandle constructor(Class<?> owner, Class<?>... arguments) {
    try {
      return erased(in(owner).findConstructor(owner, MethodType.methodType(void.class, arguments)));
    } catch (Throwable e) {
      return missed(e);
    }
  }

  private MethodHandles.Lookup in(Class<?> owner) throws IllegalAccessException {
    return MethodHandles.privateLookupIn(owner, lookup);
  }

  /** All Object, so that it can be invoked exactly; void answers null. */
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
