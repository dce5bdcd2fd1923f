package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the library's default strategy of retries, asked about a failure: it answers no for a call
 * that went through the mesh, which has tried what it was allowed to. A strategy of the
 * application's own is not asked about.
 */
public final class RetryAdvice {
  private RetryAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(value = 3, typing = Assigner.Typing.DYNAMIC) Object context) {
    return MeshMark.isOn(context);
  }
}
