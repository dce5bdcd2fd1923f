package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Http2Connection.keyFor(HttpConnection)}: the same key for a connection as for the
 * requests that may use it.
 */
public final class ConnectionKeyAdvice {
  private ConnectionKeyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object connection,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object key) {
    return PinnedAddress.split(key, ClientInternals.address(connection));
  }
}
