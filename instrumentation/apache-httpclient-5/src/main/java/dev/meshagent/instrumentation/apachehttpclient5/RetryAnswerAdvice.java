package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** As {@link RetryAdvice}, asked about a response. */
public final class RetryAnswerAdvice {
  private RetryAnswerAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(value = 2, typing = Assigner.Typing.DYNAMIC) Object context) {
    return MeshMark.isOn(context);
  }
}
