package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code sameHostAndPort}, by which OkHttp 4 and later keep a call on its connection: a later
 * attempt gives the connection of the one before back, which went to another endpoint, and so does
 * a follow-up that is handed over.
 */
public final class SameHostAdvice {
  private SameHostAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object url) {
    return Passages.leavesItsConnection(url);
  }
}
