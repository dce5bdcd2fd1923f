package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Attempt;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class EndpointRoutesTest {
  private int made;

  /** Routes that are strings. */
  private final EndpointRoutes<String> routes =
      new EndpointRoutes<>(
          (written, attempt) -> {
            made++;
            return written + " at " + attempt.address + ":" + attempt.port;
          });

  @Test
  void aRouteIsTheSameObjectForEachAttemptToAnEndpoint() throws Exception {
    String first = routes.to("https orders", "orders", new To("127.0.0.1", 80));

    assertThat(routes.to("https orders", "orders", new To("127.0.0.1", 80))).isSameAs(first);
    assertThat(made).isOne();
  }

  @Test
  void theApplicationsRoutesToAHostAreToldApart() throws Exception {
    assertThat(routes.to("http orders", "orders", new To("127.0.0.1", 80)))
        .isEqualTo("http orders at 127.0.0.1:80");
    assertThat(routes.to("https orders", "orders", new To("127.0.0.1", 80)))
        .isEqualTo("https orders at 127.0.0.1:80");
  }

  @Test
  void mixesNothingUpHoweverManyThereAre() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      String host = "host" + i % 7;
      String address = "127.0." + i % 5 + "." + i % 251;

      assertThat(routes.to(host, host, new To(address, i % 13)))
          .isEqualTo(host + " at " + address + ":" + i % 13);
    }
  }

  @Test
  void whatCannotBeMadeIsNotRemembered() throws Exception {
    EndpointRoutes<String> picky =
        new EndpointRoutes<>(
            (written, attempt) -> {
              if (made++ == 0) {
                throw new UnknownHostException(attempt.address);
              }
              return written;
            });
    To attempt = new To("127.0.0.1", 80);

    assertThatThrownBy(() -> picky.to("route", "orders", attempt))
        .isInstanceOf(UnknownHostException.class);
    assertThat(picky.to("route", "orders", attempt)).isEqualTo("route");
  }

  private static final class To extends Attempt {
    To(String address, int port) {
      super(null, address, port, 1, Long.MAX_VALUE);
    }
  }
}
