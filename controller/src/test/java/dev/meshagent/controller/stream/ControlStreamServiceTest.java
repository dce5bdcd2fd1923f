package dev.meshagent.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import io.netty.channel.DefaultEventLoop;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ControlStreamServiceTest {
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
