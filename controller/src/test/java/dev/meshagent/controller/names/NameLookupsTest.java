package dev.meshagent.controller.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.loop.VirtualLoop;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NameLookupsTest {
  private static final Duration GATHERED = Duration.ofMillis(10);

  private final VirtualLoop loop = new VirtualLoop();
  private final Map<String, CompletableFuture<List<String>>> asked = new HashMap<>();
  private final List<String> order = new ArrayList<>();
  private HostAddresses told = HostAddresses.NONE;
  private int tellings;
  private final NameLookups lookups =
      new NameLookups(
          loop,
          host -> {
            order.add(host);
            return asked.merge(host, new CompletableFuture<>(), (old, fresh) -> fresh);
          },
          now -> {
            told = now;
            tellings++;
          });

  private void answer(String host, String... addresses) {
    asked.get(host).complete(List.of(addresses));
    loop.pass(GATHERED);
  }

  private void fail(String host) {
    asked.get(host).completeExceptionally(new UnknownHostException("no server answers"));
    loop.pass(GATHERED);
  }

  @Test
  void aNameIsLookedUpAtOnceAndFiveSecondsAfterEachAnswer() {
    lookups.want(Set.of("a.example.com"));
    assertThat(order).hasSize(1);
    loop.pass(Duration.ofMinutes(1));
    assertThat(order).as("one at a time").hasSize(1);
    answer("a.example.com", "10.0.0.2", "10.0.0.1");
    assertThat(told.of("a.example.com")).containsExactly("10.0.0.1", "10.0.0.2");
    loop.pass(Duration.ofSeconds(5).minus(GATHERED).minusMillis(1));
    assertThat(order).hasSize(1);
    loop.pass(Duration.ofMillis(1));
    assertThat(order).hasSize(2);
    answer("a.example.com", "10.0.0.1", "10.0.0.2");
    assertThat(tellings).as("another order is no news").isEqualTo(1);
  }

  @Test
  void aLookupThatFailsKeepsTheAddressesAndAnEmptyAnswerTakesThem() {
    lookups.want(Set.of("a.example.com"));
    answer("a.example.com", "10.0.0.1");
    loop.pass(Duration.ofSeconds(5).minus(GATHERED));
    fail("a.example.com");
    assertThat(told.of("a.example.com")).containsExactly("10.0.0.1");
    assertThat(told.text("a.example.com"))
        .isEqualTo(
            "a.example.com is 10.0.0.1, as far as is known: the last lookup failed (no server"
                + " answers)");
    loop.pass(Duration.ofSeconds(5).minus(GATHERED));
    answer("a.example.com");
    assertThat(told.resolves("a.example.com")).isFalse();
    assertThat(told.text("a.example.com")).isEqualTo("a.example.com has no address");
  }

  @Test
  void answersThatComeTogetherAreToldTogether() {
    Set<String> hosts = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      hosts.add("h" + i + ".example.com");
    }
    lookups.want(hosts);
    hosts.forEach(host -> asked.get(host).complete(List.of("10.0.0.1")));
    loop.pass(GATHERED);
    assertThat(told.answers().keySet()).isEqualTo(hosts);
    assertThat(tellings).isEqualTo(1);
  }

  @Test
  void whatIsNotWantedAnyMoreIsForgottenAndItsLateAnswerPassedOver() {
    lookups.want(Set.of("a.example.com", "b.example.com"));
    answer("a.example.com", "10.0.0.1");
    lookups.want(Set.of());
    loop.pass(GATHERED);
    assertThat(told.answers()).isEmpty();
    answer("b.example.com", "10.0.0.2");
    loop.pass(Duration.ofMinutes(1));
    assertThat(told.answers()).isEmpty();
    assertThat(order).hasSize(2);
  }
}
