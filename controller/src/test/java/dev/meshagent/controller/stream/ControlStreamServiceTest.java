package dev.meshagent.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.telemetry.Edges;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ControlStreamServiceTest {
  @Test
  void whoComesBackWhileTheControllerStopsIsRefused() {
    VirtualLoop loop = new VirtualLoop();
    long lease = TimeUnit.SECONDS.toNanos(15);
    WorkloadRegistry registry =
        new WorkloadRegistry(loop, lease, new AtomicLong(1)::getAndIncrement);
    AgentSessions sessions =
        new AgentSessions(
            loop, registry, new Directory(loop, registry, "e1"), new Edges(loop), "0", lease);
    ServerBuilder builder =
        Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ControlStreamService.addTo(builder, loop, sessions);
    try (Server server = builder.build()) {
      server.start().join();
      URI uri =
          URI.create("ws://127.0.0.1:" + server.activeLocalPort() + ControlStreamService.PATH);
      assertThat(connect(uri)).succeedsWithin(Duration.ofSeconds(20));
      sessions.closeAll();
      assertThatThrownBy(() -> connect(uri).join())
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(503));
    }
  }

  private static CompletableFuture<java.net.http.WebSocket> connect(URI uri) {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(uri, new java.net.http.WebSocket.Listener() {});
  }

  @Test
  void whoPingsWithoutReadingGetsOnePongForAll() {
    WebSocketWriter out = WebSocket.streaming();
    DefaultEventLoop loop = new DefaultEventLoop();
    try {
      ControlStreamService.Transport transport =
          new ControlStreamService.Transport(out, "10.0.0.7", loop);
      for (int i = 0; i < 1000; i++) {
        transport.pong(new byte[] {1});
      }
      out.close();
      List<WebSocketFrame> sent = out.collect(loop).join();
      assertThat(sent).filteredOn(frame -> frame.type() == WebSocketFrameType.PONG).hasSize(1);
    } finally {
      loop.shutdownGracefully();
    }
  }
}
