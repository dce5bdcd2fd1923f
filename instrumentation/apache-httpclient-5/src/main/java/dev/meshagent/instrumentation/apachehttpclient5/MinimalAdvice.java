package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On a minimal client's {@code doExecute}: a call to a host of the mesh. */
public final class MinimalAdvice {
  private MinimalAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.This Object client, @Advice.AllArguments Object[] arguments)
      throws Exception {
    return MinimalConnections.execute(client, arguments);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object response) {
    MinimalConnections.executed();
    return response;
  }
}
