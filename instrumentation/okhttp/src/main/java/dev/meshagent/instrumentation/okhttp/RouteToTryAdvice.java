package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code hasRouteToTry} and {@code sameConnection}, by which OkHttp 3.14 and 3.12 keep a call on
 * its connection: a later attempt gives the connection of the one before back, which went to
 * another endpoint, and so does a follow-up that is handed over.
 */
public final class RouteToTryAdvice {
  private RouteToTryAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit() {
    return Passages.leavesItsRoute();
  }
}
