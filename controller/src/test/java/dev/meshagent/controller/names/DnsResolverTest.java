package dev.meshagent.controller.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a name server's answers without an address mean, by a name server that the test is. */
@Timeout(180)
class DnsResolverTest {
  private static final int NOERROR = 0;
  private static final int SERVFAIL = 2;
  private static final int NXDOMAIN = 3;
  private static final int REFUSED = 5;

  private static final int HEADER = 12;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());

  DnsResolverTest() throws IOException {}

  @AfterEach
  void stop() {
    server.close();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  /** Answers every question with this code and no record. */
  private void answer(int code) {
    Thread thread =
        new Thread(
            () -> {
              DatagramPacket packet = new DatagramPacket(new byte[512], 512);
              try {
                while (true) {
                  server.receive(packet);
                  byte[] bytes = packet.getData();
                  int end = HEADER;
                  while (bytes[end] != 0) {
                    end += bytes[end] + 1;
                  }
                  bytes[2] |= (byte) 0x80;
                  bytes[3] = (byte) (0x80 | code);
                  bytes[10] = 0;
                  bytes[11] = 0;
                  server.send(new DatagramPacket(bytes, end + 5, packet.getSocketAddress()));
                  packet.setLength(bytes.length);
                }
              } catch (IOException e) {
                // The test is over.
              }
            },
            "answers names");
    thread.setDaemon(true);
    thread.start();
  }

  private List<String> resolved() {
    return new DnsResolver(
            loops.next(),
            new SingletonDnsServerAddressStreamProvider(
                (InetSocketAddress) server.getLocalSocketAddress()))
        .resolve("name.example.com.")
        .toCompletableFuture()
        .join();
  }

  @Test
  void aNameWithoutAddressesHasNone() {
    answer(NOERROR);
    assertThat(resolved()).isEmpty();
  }

  @Test
  void aNameThatDoesNotExistHasNone() {
    answer(NXDOMAIN);
    assertThat(resolved()).isEmpty();
  }

  @Test
  void aServerThatFailsHasSaidNothing() {
    answer(SERVFAIL);
    assertThatThrownBy(this::resolved).hasMessageContaining("name.example.com");
  }

  @Test
  void aServerThatRefusesHasSaidNothing() {
    answer(REFUSED);
    assertThatThrownBy(this::resolved).hasMessageContaining("name.example.com");
  }
}
