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
  public static Object enter(
      @Advice.This Object client,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object response,
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object second,
      @Advice.Argument(value = 2, typing = Assigner.Typing.DYNAMIC, optional = true) Object third)
      throws Exception {
    // Not as an array, which would be made for each of the calls of our own as well.
    return third == null
        ? Hops.receive(client, response, null, second)
        : Hops.receive(client, response, second, third);
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
