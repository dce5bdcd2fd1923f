package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;

/**
 * On the library's default handler of retries: it answers no for a call that went through the mesh,
 * which has tried what it was allowed to. A handler of the application's own is not asked about.
 */
public final class RetryAdvice {
  private RetryAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.AllArguments Object[] arguments) {
    return MeshMark.isOn(arguments[arguments.length - 1]);
  }
}
