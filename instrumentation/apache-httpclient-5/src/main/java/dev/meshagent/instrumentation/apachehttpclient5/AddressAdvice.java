package dev.meshagent.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On the constructors of pools of HTTP/2 connections: they would resolve the name of a host that
 * carries its address already.
 */
public final class AddressAdvice {
  private AddressAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object resolver) {
    return PinnedAddresses.around(resolver);
  }
}
