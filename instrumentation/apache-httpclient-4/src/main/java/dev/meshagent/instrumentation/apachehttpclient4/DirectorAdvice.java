package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the constructor of {@code DefaultRequestDirector}, which executes a call of the deprecated
 * {@code DefaultHttpClient}: where it gets its connections from.
 */
public final class DirectorAdvice {
  private DirectorAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(@Advice.AllArguments Object[] arguments) {
    return DirectedManager.in(arguments);
  }
}
