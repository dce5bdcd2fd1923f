package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class NamedAddressTest {
  @Test
  void keepsTheNameThatTheApplicationWrote() throws Exception {
    InetSocketAddress address = NamedAddress.of("Orders", "127.0.0.2", 8080);

    assertThat(address.getHostString()).isEqualTo("Orders");
    assertThat(address.getAddress().getHostAddress()).isEqualTo("127.0.0.2");
    assertThat(address.getPort()).isEqualTo(8080);
    assertThat(NamedAddress.of("v6", "::1", 1).getAddress().getAddress()).hasSize(16);
  }

  @Test
  void isTheSameObjectForTheSameEndpointUnderTheSameName() throws Exception {
    InetSocketAddress address = NamedAddress.of("one", "127.0.0.1", 80);

    assertThat(NamedAddress.of("one", "127.0.0.1", 80)).isSameAs(address);
  }

  @Test
  void mixesNothingUpHoweverManyThereAre() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      String host = "host" + i % 7;
      String literal = "127.0." + i % 5 + "." + i % 251;
      InetSocketAddress address = NamedAddress.of(host, literal, i % 13);

      assertThat(address.getHostString()).isEqualTo(host);
      assertThat(address.getAddress().getHostAddress()).isEqualTo(literal);
      assertThat(address.getPort()).isEqualTo(i % 13);
    }
  }
}
