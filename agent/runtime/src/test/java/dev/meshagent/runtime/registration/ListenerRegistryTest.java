package dev.meshagent.runtime.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListenerRegistryTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

  private final AtomicInteger changes = new AtomicInteger();
  private final ListenerRegistry registry = new ListenerRegistry(changes::incrementAndGet);

  @Test
  void tellingASocketAgainChangesNothing() {
    Object socket = new Object();
    assertThat(registry.knows(socket)).isFalse();
    registry.accepting(socket, LOCAL);
    registry.accepting(socket, LOCAL);
    assertThat(registry.knows(socket)).isTrue();
    assertThat(registry.accepting()).hasSize(1);
    assertThat(changes).hasValue(1);
  }

  @Test
  void socketsAreToldApartByIdentityAndNotByEquals() {
    String one = new String("socket");
    String other = new String("socket");
    registry.accepting(one, LOCAL);
    registry.accepting(other, LOCAL);
    assertThat(registry.accepting()).hasSize(2);
    registry.closed(one);
    assertThat(registry.knows(other)).isTrue();
  }

  @Test
  void aClosedSocketIsGoneAndSoIsWhatWasSaidOfItsPort() {
    Object socket = new Object();
    registry.serves(LOCAL, "http");
    registry.accepting(socket, LOCAL);
    registry.closed(socket);
    registry.closed(socket);
    assertThat(registry.accepting()).isEmpty();
    assertThat(registry.protocols()).isEmpty();
    assertThat(changes).hasValue(3);
  }

  @Test
  void closingASocketThatWasNeverAcceptingIsIgnored() {
    registry.closed(new Object());
    assertThat(changes).hasValue(0);
  }

  @Test
  void aSocketThatNobodyHoldsAnyMoreIsForgotten() throws Exception {
    registry.accepting(new Object(), LOCAL);
    for (int i = 0; i < 100 && !registry.accepting().isEmpty(); i++) {
      System.gc();
      registry.expunge();
      Thread.yield();
    }
    assertThat(registry.accepting()).isEmpty();
  }

  @Test
  void theAgentsOwnSocketsAreKnownButDoNotCount() throws Exception {
    Object socket = new Object();
    Thread thread =
        new Thread(() -> registry.accepting(socket, LOCAL), OwnSockets.AGENT_THREADS + "-inbound");
    thread.start();
    thread.join();
    assertThat(registry.knows(socket)).isTrue();
    assertThat(registry.accepting()).isEmpty();
    assertThat(changes).hasValue(0);
  }
}
