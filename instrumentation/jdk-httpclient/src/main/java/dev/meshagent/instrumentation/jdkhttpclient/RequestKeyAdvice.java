package dev.meshagent.instrumentation.jdkhttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * On {@code Http2Connection.keyFor(HttpRequestImpl)}: requests to one name share a connection only
 * if they go to one endpoint.
 */
public final class RequestKeyAdvice {
  private RequestKeyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object request,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object key) {
    return PinnedAddress.split(key, Hops.address(request));
  }
}
