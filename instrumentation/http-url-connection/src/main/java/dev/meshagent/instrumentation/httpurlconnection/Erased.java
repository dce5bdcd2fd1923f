package dev.meshagent.instrumentation.httpurlconnection;

import java.io.IOException;
import java.lang.invoke.MethodHandle;

/**
 * Calls members that {@link Members} found, all of whose types are Object, without an array for the
 * arguments: of every request there are some dozens of such calls. What a member throws comes out
 * as it is.
 */
final class Erased {
  private Erased() {}

  static Object call(MethodHandle member) throws Exception {
    try {
      return member.invokeExact();
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  static Object call(MethodHandle member, Object a) throws Exception {
    try {
      return member.invokeExact(a);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  static Object call(MethodHandle member, Object a, Object b) throws Exception {
    try {
      return member.invokeExact(a, b);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  static Object call(MethodHandle member, Object a, Object b, Object c) throws Exception {
    try {
      return member.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  static Object call(MethodHandle member, Object a, Object b, Object c, Object d) throws Exception {
    try {
      return member.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  static Object call(MethodHandle member, Object a, Object b, Object c, Object d, Object e)
      throws Exception {
    try {
      return member.invokeExact(a, b, c, d, e);
    } catch (Throwable thrown) {
      throw thrown(thrown);
    }
  }

  /** A member that takes all of its arguments as an array. */
  static Object spread(MethodHandle member, Object[] arguments) throws Exception {
    try {
      return member.invokeExact(arguments);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  private static Exception thrown(Throwable e) {
    if (e instanceof Error) {
      throw (Error) e;
    }
    return e instanceof Exception ? (Exception) e : new IOException(e);
  }
}
