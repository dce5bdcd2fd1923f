package dev.meshagent.instrumentation.okhttp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import okhttp3.Interceptor.Chain;

/**
 * Cancels the one exchange of a request and its response that a chain is for, as OkHttp does inside
 * when it cancels a call: over HTTP/1 the connection is closed, over HTTP/2 the stream is reset.
 */
final class Exchanges {
  private static final String CHAIN = "okhttp3.internal.http.RealInterceptorChain";

  /** Of 4.0 and later, 3.13 and later, 3.12. */
  private static final String[] NAMES = {"getExchange$okhttp", "exchange", "httpStream"};

  /** From a chain to its exchange; null in a version that has none. */
  private static final MethodHandle EXCHANGE;

  private static final MethodHandle CANCEL;

  private static final boolean KEEP_CALL_TIMEOUT;

  static {
    MethodHandle exchange = null;
    MethodHandle cancel = null;
    boolean keep = true;
    try {
      Class<?> chain = Class.forName(CHAIN, false, Chain.class.getClassLoader());
      Method getter = getter(chain);
      keep = !getter.getName().equals("httpStream");
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      exchange = lookup.unreflect(getter).asType(MethodType.genericMethodType(1));
      cancel =
          lookup
              .unreflect(getter.getReturnType().getMethod("cancel"))
              .asType(MethodType.methodType(void.class, Object.class));
    } catch (ReflectiveOperationException | RuntimeException other) {
      exchange = null;
    }
    EXCHANGE = exchange;
    CANCEL = cancel;
    KEEP_CALL_TIMEOUT = keep;
  }

  private Exchanges() {}

  private static Method getter(Class<?> chain) throws NoSuchMethodException {
    for (String name : NAMES) {
      for (Method method : chain.getMethods()) {
        if (method.getName().equals(name) && method.getParameterCount() == 0) {
          return method;
        }
      }
    }
    throw new NoSuchMethodException("the exchange of " + chain.getName());
  }

  /** Whether this version lets an exchange be cancelled. */
  static boolean cancellable() {
    return EXCHANGE != null;
  }

  /** Whether the end of an exchange leaves the timer of its call alone, as since OkHttp 3.14. */
  static boolean keepCallTimeout() {
    return KEEP_CALL_TIMEOUT;
  }

  /** The exchange of a network interceptor's chain. */
  static Object of(Object chain) {
    try {
      return EXCHANGE.invokeExact(chain);
    } catch (Throwable e) {
      throw new IllegalStateException("a chain has no exchange", e);
    }
  }

  static void cancel(Object exchange) {
    try {
      CANCEL.invokeExact(exchange);
    } catch (Throwable e) {
      throw new IllegalStateException("an exchange cannot be cancelled", e);
    }
  }
}
