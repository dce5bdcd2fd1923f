package dev.meshagent.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code DefaultClientConnectionOperator.resolveHostname}: the endpoint that is connected to.
 */
public final class ResolveAdvice {
  private ResolveAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter() {
    return Pins.addresses();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object addresses) {
    return addresses;
  }
}
