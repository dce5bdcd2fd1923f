package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code hasRouteToTry}, by which OkHttp 3.14 keeps a call on its connection: a later attempt
 * gives the connection of the one before back, which went to another endpoint.
 */
public final class RouteToTryAdvice {
  private RouteToTryAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit() {
    return Passages.leavesItsRoute();
  }
}
