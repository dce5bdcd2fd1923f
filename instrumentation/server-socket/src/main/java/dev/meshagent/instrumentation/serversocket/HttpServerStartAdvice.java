package dev.meshagent.instrumentation.serversocket;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import dev.meshagent.spi.Listeners;
import net.bytebuddy.asm.Advice;

/** At enter of the HTTP server's start, so that its protocol is known before its first accept. */
public final class HttpServerStartAdvice {
  private HttpServerStartAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This HttpServer server) {
    Listeners listeners = Accepting.listeners();
    if (listeners != null) {
      listeners.serves(server.getAddress(), server instanceof HttpsServer ? "https" : "http");
    }
  }
}
