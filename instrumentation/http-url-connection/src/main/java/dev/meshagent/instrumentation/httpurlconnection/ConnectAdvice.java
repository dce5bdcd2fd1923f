package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code NetworkClient.doConnect}: a socket to the endpoint, without a lookup of the name. */
public final class ConnectAdvice {
  private ConnectAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.This Object client) throws Exception {
    return Hops.connect(client);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object socket) {
    return socket;
  }
}
