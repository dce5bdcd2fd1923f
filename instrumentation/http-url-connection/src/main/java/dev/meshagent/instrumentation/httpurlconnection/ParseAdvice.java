package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpClient.parseHTTP}: the response, which may be one to a request sent again. */
public final class ParseAdvice {
  private ParseAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.This Object client, @Advice.AllArguments Object[] arguments)
      throws Exception {
    return Hops.receive(client, arguments);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.This Object client,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object response,
      @Advice.Enter Object received,
      @Advice.Thrown Object thrown)
      throws Exception {
    if (received == null) {
      Hops.parsed(client, response, thrown);
    }
    return received;
  }
}
