package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpClient.writeRequests}: the head of the request as the attempt says. */
public final class WriteAdvice {
  private WriteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.This Object client, @Advice.Argument(0) Object head, @Advice.Argument(1) Object body)
      throws Exception {
    return Hops.write(client, head, body);
  }
}
