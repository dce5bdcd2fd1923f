package dev.meshagent.instrumentation.httpurlconnection;

import net.bytebuddy.asm.Advice;

/** On {@code HttpsClient.afterConnect}: where an endpoint may fail to shake hands. */
public final class HandshakeAdvice {
  private HandshakeAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static Object enter(@Advice.This Object client) throws Exception {
    return Hops.shakeHands(client);
  }
}
