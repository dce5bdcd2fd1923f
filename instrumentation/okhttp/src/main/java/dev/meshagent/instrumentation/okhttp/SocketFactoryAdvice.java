package dev.meshagent.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On the constructor of {@code Address}: an attempt that may be broken off learns its sockets. */
public final class SocketFactoryAdvice {
  private SocketFactoryAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 3, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object host,
      @Advice.Argument(value = 3, typing = Assigner.Typing.DYNAMIC) Object sockets) {
    return Passages.sockets(host, sockets);
  }
}
