package dev.meshagent.instrumentation.httpurlconnection;

import java.net.Proxy;
import java.net.URL;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpClient.New}: a client that is connected to an endpoint of the mesh. */
public final class NewClientAdvice {
  private NewClientAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.Argument(0) URL url,
      @Advice.Argument(1) Proxy proxy,
      @Advice.Argument(2) int connectTimeoutMillis,
      @Advice.Argument(3) boolean pooled,
      @Advice.Argument(value = 4, typing = Assigner.Typing.DYNAMIC) Object connection) {
    return Hops.dial(false, url, proxy, connectTimeoutMillis, pooled, connection);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object client) {
    Hops.dialled();
    return client;
  }
}
