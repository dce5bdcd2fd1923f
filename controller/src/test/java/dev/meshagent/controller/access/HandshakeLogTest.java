package dev.meshagent.controller.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.controller.Controller;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.HostPort;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class HandshakeLogTest {
  private static final DecoderException CLEARTEXT =
      new DecoderException(new NotSslRecordException("not an SSL/TLS record: 474554"));

  @TempDir private Path directory;

  private final AtomicLong nanos = new AtomicLong(5);
  private final List<String> said = new ArrayList<>();
  private final HandshakeLog log = new HandshakeLog(nanos::get, said::add);

  /** A connection from a host. */
  private static final class Connection extends EmbeddedChannel {
    private final String host;

    Connection(String host, ChannelHandler handler) {
      super(handler);
      this.host = host;
    }

    @Override
    public SocketAddress remoteAddress() {
      return InetSocketAddress.createUnresolved(host, 4711);
    }
  }

  private void cleartextFrom(String host) {
    Connection connection = new Connection(host, log);
    connection.pipeline().fireExceptionCaught(CLEARTEXT);
    assertThat(connection.isOpen()).isFalse();
    connection.checkException();
  }

  @Test
  void aHostThatSpeaksNoTlsIsToldOfOnceAMinute() {
    cleartextFrom("10.0.0.1");
    cleartextFrom("10.0.0.1");
    assertThat(said)
        .singleElement()
        .asString()
        .contains("10.0.0.1 was closed: it does not speak TLS")
        .doesNotContain("474554");
    cleartextFrom("10.0.0.2");
    assertThat(said).hasSize(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
    cleartextFrom("10.0.0.1");
    assertThat(said).hasSize(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    cleartextFrom("10.0.0.1");
    assertThat(said).hasSize(3);
  }

  @Test
  void ofAFailedHandshakeItsReasonIsToldAndNothingAfterOneThatWorked() {
    Connection failing = new Connection("10.0.0.1", log);
    failing
        .pipeline()
        .fireUserEventTriggered(
            new SslHandshakeCompletionEvent(new SSLHandshakeException("certificate_unknown")));
    assertThat(failing.isOpen()).isFalse();
    assertThat(said).singleElement().asString().contains("certificate_unknown");

    Connection working = new Connection("10.0.0.2", log);
    working.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
    assertThat(working.pipeline().get(HandshakeLog.class)).isNull();
    assertThat(working.isOpen()).isTrue();
  }

  @Test
  void whatIsNoMatterOfTlsIsPassedOn() {
    Connection connection = new Connection("10.0.0.1", log);
    connection.pipeline().fireExceptionCaught(new IllegalStateException("other"));
    assertThat(connection.isOpen()).isTrue();
    assertThatThrownBy(connection::checkException).hasMessage("other");
    assertThat(said).isEmpty();
  }

  @Test
  void wrongConnectionsToAControllerLeaveNoStackTraces() throws Exception {
    String tls =
        logOf(
            true,
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(tls)
        .containsOnlyOnce("does not speak TLS")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    // The beginning of a TLS handshake.
    String cleartext = logOf(false, new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 10});
    assertThat(cleartext).doesNotContain("\tat ").doesNotContain("Exception");
  }

  /** What two connections that send these bytes, one after the other, make the controller log. */
  private String logOf(boolean tls, byte[] bytes) throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (Controller controller =
        Controller.start(
            new ControllerSettings(
                new HostPort("127.0.0.1", 0),
                Optional.of(directory.resolve("data-" + tls)),
                ControllerSettings.LEASE,
                new AccessSettings(Optional.empty(), tls, Optional.empty(), Optional.empty())))) {
      for (int i = 0; i < 2; i++) {
        try (Socket socket = new Socket("127.0.0.1", controller.listening().port())) {
          socket.getOutputStream().write(bytes);
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        } catch (IOException e) {
          // It may be reset as well as closed.
        }
      }
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }
}
