package dev.meshagent.instrumentation.httpurlconnection;

import java.net.Proxy;
import java.net.URL;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** On {@code HttpsClient.New}: a client that is connected to an endpoint of the mesh. */
public final class NewSecureClientAdvice {
  private NewSecureClientAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(
      @Advice.Argument(1) URL url,
      @Advice.Argument(3) Proxy proxy,
      @Advice.Argument(4) boolean pooled,
      @Advice.Argument(5) int connectTimeoutMillis,
      @Advice.Argument(value = 6, typing = Assigner.Typing.DYNAMIC) Object connection) {
    return Hops.dial(true, url, proxy, connectTimeoutMillis, pooled, connection);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(@Advice.Enter Object client) {
    Hops.dialled();
    return client;
  }
}
