package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.Mesh;
import io.grpc.Server;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;

/** At exit of a server's start, when it knows its ports. */
public final class ServerStartAdvice {
  private ServerStartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Object server) {
    Mesh mesh = Mesh.get();
    if (mesh == null) {
      return;
    }
    for (SocketAddress address : ((Server) server).getListenSockets()) {
      if (address instanceof InetSocketAddress) {
        mesh.listeners().serves((InetSocketAddress) address, "grpc");
      }
    }
  }
}
