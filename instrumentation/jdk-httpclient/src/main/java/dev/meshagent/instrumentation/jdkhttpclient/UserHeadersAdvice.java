package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpRequestImpl.getUserHeaders()}: the headers as an attempt sends them. */
public final class UserHeadersAdvice {
  private UserHeadersAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.This Object request) {
    return Hops.userHeaders(request);
  }
}
