package dev.meshagent.instrumentation.serversocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptingTest {
  private final RecordedListeners listeners = new RecordedListeners();

  @BeforeEach
  void install() {
    Mesh.install(new ListeningMesh(listeners));
  }

  @AfterEach
  void uninstall() {
    Mesh.install(null);
  }

  @Test
  void aBlockingSocketIsToldOnceWithItsRealPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocketAcceptAdvice.enter(socket);
      SocketAcceptAdvice.enter(socket);
      assertThat(listeners.tellings).isEqualTo(1);
      assertThat(listeners.sockets.get(socket).getPort()).isEqualTo(socket.getLocalPort());
      CloseAdvice.enter(socket);
      assertThat(listeners.sockets).isEmpty();
    }
  }

  @Test
  void aChannelAndItsSocketAreOne() throws Exception {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketAcceptAdvice.enter(channel.socket());
      ChannelAcceptAdvice.enter(channel);
      assertThat(listeners.tellings).isEqualTo(1);
      assertThat(listeners.sockets).containsOnlyKeys(channel);
    }
  }

  @Test
  void aSocketThatIsToldOfWhileItClosesIsForgottenWhenItIsClosed() throws Exception {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    CloseAdvice.enter(socket);
    SocketAcceptAdvice.enter(socket);
    assertThat(listeners.sockets).containsOnlyKeys(socket);
    socket.close();
    CloseAdvice.exit(socket);
    assertThat(listeners.sockets).isEmpty();
  }

  @Test
  void aSocketThatWasClosedWhileItWasToldOfIsForgottenAtOnce() throws Exception {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listeners.meanwhile = socket;
    SocketAcceptAdvice.enter(socket);
    assertThat(listeners.sockets).isEmpty();
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listeners.meanwhile = channel;
    ChannelAcceptAdvice.enter(channel);
    assertThat(listeners.sockets).isEmpty();
    assertThat(listeners.tellings).isEqualTo(2);
  }

  @Test
  void interestInAnythingButAcceptingIsNoReasonToTell() throws Exception {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      ChannelInterestAdvice.enter(channel, 0);
      assertThat(listeners.tellings).isZero();
      ChannelInterestAdvice.enter(channel, SelectionKey.OP_ACCEPT);
      assertThat(listeners.tellings).isEqualTo(1);
    }
  }

  @Test
  void aSocketThatIsNotBoundIsNotTold() throws Exception {
    try (ServerSocket socket = new ServerSocket();
        AsynchronousServerSocketChannel channel = AsynchronousServerSocketChannel.open()) {
      SocketAcceptAdvice.enter(socket);
      AsynchronousAcceptAdvice.enter(channel);
      assertThat(listeners.tellings).isZero();
    }
  }

  @Test
  void nothingHappensBeforeTheRuntimeIsUp() throws Exception {
    Mesh.install(null);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocketAcceptAdvice.enter(socket);
      CloseAdvice.enter(socket);
    }
    assertThat(listeners.tellings).isZero();
  }

  private static final class RecordedListeners implements Listeners {
    final Map<Object, InetSocketAddress> sockets = new LinkedHashMap<>();
    int tellings;

    /** Closed by another thread before it is taken note of. */
    Closeable meanwhile;

    @Override
    public boolean knows(Object socket) {
      return sockets.containsKey(socket);
    }

    @Override
    public void accepting(Object socket, InetSocketAddress local) {
      tellings++;
      if (meanwhile != null) {
        try {
          meanwhile.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      sockets.put(socket, local);
    }

    @Override
    public void closed(Object socket) {
      sockets.remove(socket);
    }

    @Override
    public void serves(InetSocketAddress local, String protocol) {}
  }

  private static final class ListeningMesh extends Mesh {
    private final Listeners listeners;

    ListeningMesh(Listeners listeners) {
      this.listeners = listeners;
    }

    @Override
    public MeshCall open(String library, RequestHead head) {
      return null;
    }

    @Override
    public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Listeners listeners() {
      return listeners;
    }

    @Override
    public void agentError(String place, Throwable error) {}
  }
}
