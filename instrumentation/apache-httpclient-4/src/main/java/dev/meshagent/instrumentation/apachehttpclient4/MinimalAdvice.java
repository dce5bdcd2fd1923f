package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructor of the one link of a minimal client: where it gets its connections from. */
public final class MinimalAdvice {
  private MinimalAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(@Advice.AllArguments Object[] arguments) {
    return MinimalManager.in(arguments);
  }
}
