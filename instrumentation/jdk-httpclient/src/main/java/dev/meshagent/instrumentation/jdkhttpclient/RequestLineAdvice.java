package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code Http1Request.requestURI()}: the path and query as an attempt sends them. */
public final class RequestLineAdvice {
  private RequestLineAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.This Object http1) {
    return Hops.pathAndQuery(http1);
  }
}
