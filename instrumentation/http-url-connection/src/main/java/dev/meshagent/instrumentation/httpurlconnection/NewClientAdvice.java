package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpClient.New}: a client that is connected to an endpoint of the mesh. */
public final class NewClientAdvice {
  private NewClientAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.AllArguments Object[] arguments) {
    return Hops.dial(false, arguments, arguments[0], arguments[1], arguments[4]);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object client) {
    Hops.dialled();
    return client;
  }
}
