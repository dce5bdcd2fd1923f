package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.drive.HiddenField;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.NameResolver;
import io.grpc.NameResolver.Listener2;
import io.grpc.NameResolver.ResolutionResult;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What of a channel gRPC keeps to itself. Thread-safe; a look costs a reflective read where nothing
 * else is said.
 */
final class Channels {
  private static final String CHANNEL = "io.grpc.internal.ManagedChannelImpl";

  /** {@code Status onResult2(ResolutionResult)}, from 1.66 on; null before. */
  private static final Method ON_RESULT_2 = onResult2();

  private static final MethodHandle SELECTOR = getter(CHANNEL + "$RealChannel", "configSelector");

  private static final MethodHandle CALL_EXECUTOR =
      getter("io.grpc.internal.RetriableStream", "callExecutor");

  private Channels() {}

  private static MethodHandle getter(String className, String name) {
    try {
      Class<?> owner = Class.forName(className, false, NameResolver.class.getClassLoader());
      return MethodHandles.lookup()
          .unreflectGetter(HiddenField.of(owner, name))
          .asType(MethodType.methodType(Object.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(className + " has no " + name, e);
    }
  }

  private static Method onResult2() {
    try {
      return Listener2.class.getMethod("onResult2", ResolutionResult.class);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  /**
   * Gives a channel what its name means; in its synchronization context.
   *
   * <p>Where there are both ways, the older one expects what only gRPC's own resolvers come with,
   * and fails without.
   */
  static void deliver(Listener2 channel, ResolutionResult result)
      throws ReflectiveOperationException {
    if (ON_RESULT_2 == null) {
      channel.onResult(result);
    } else {
      ON_RESULT_2.invoke(channel, result);
    }
  }

  /** The resolver of the channel that a RealChannel belongs to. */
  static Object resolver(Object realChannel) throws ReflectiveOperationException {
    Object channel = HiddenField.of(realChannel.getClass(), "this$0").get(realChannel);
    return HiddenField.of(channel.getClass(), "nameResolver").get(channel);
  }

  /** The config selector of a RealChannel, or null; costs no reflection. */
  static Object selector(Object realChannel) throws Throwable {
    return ((AtomicReference<?>) (Object) SELECTOR.invokeExact(realChannel)).get();
  }

  /** Where a RealChannel takes gRPC's own calls from. */
  static Channel calls(Object realChannel) throws ReflectiveOperationException {
    return (Channel)
        HiddenField.of(realChannel.getClass(), "clientCallImplChannel").get(realChannel);
  }

  /** The executor of the channel that a RealChannel belongs to. */
  static Executor executor(Object realChannel) throws ReflectiveOperationException {
    Object channel = HiddenField.of(realChannel.getClass(), "this$0").get(realChannel);
    return (Executor) HiddenField.of(channel.getClass(), "executor").get(channel);
  }

  /** The executor of the call that a RetriableStream belongs to; costs no reflection. */
  static Object callExecutor(Object retriableStream) throws Throwable {
    return (Object) CALL_EXECUTOR.invokeExact(retriableStream);
  }

  /** The option by which a call tells its method's config. */
  @SuppressWarnings("unchecked")
  static CallOptions.Key<Object> methodInfoKey(ClassLoader grpc)
      throws ReflectiveOperationException {
    Class<?> methodInfo =
        Class.forName("io.grpc.internal.ManagedChannelServiceConfig$MethodInfo", false, grpc);
    return (CallOptions.Key<Object>) HiddenField.of(methodInfo, "KEY").get(null);
  }

  /** The retry policy of a method's config. */
  static Object retryPolicy(Object methodInfo) throws ReflectiveOperationException {
    return HiddenField.of(methodInfo.getClass(), "retryPolicy").get(methodInfo);
  }

  /** What a service config says of all methods that it does not name; null if nothing. */
  static Object defaultMethodInfo(Object serviceConfig) throws ReflectiveOperationException {
    return HiddenField.of(serviceConfig.getClass(), "defaultMethodConfig").get(serviceConfig);
  }

  /** True unless the application switched retries off for the channel. */
  static boolean retries(NameResolver.ServiceConfigParser parser) {
    try {
      return HiddenField.of(parser.getClass(), "retryEnabled").getBoolean(parser);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /**
   * Makes a channel's resolver again; the advice wraps it again.
   *
   * @param arguments of the first time
   */
  static Object resolverAgain(ClassLoader grpc, Object[] arguments)
      throws ReflectiveOperationException {
    for (Method method : Class.forName(CHANNEL, false, grpc).getDeclaredMethods()) {
      if (method.getName().equals("getNameResolver")
          && method.getParameterCount() == arguments.length) {
        method.setAccessible(true);
        return method.invoke(null, arguments);
      }
    }
    throw new NoSuchMethodException(CHANNEL + ".getNameResolver");
  }
}
