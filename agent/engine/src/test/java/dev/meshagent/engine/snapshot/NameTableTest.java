package dev.meshagent.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NameTableTest {
  private static final NameTable TABLE =
      NameTable.EMPTY.with(
          Arrays.asList(
              NamedService.of(ServiceId.parse("shop/orders")),
              NamedService.of(ServiceId.parse("default/orders")),
              NamedService.of(ServiceId.parse("shop/inventory")),
              new NamedService(
                  ServiceId.parse("shop/api.example.com"),
                  Arrays.asList("api.example.com", "*.example.com"),
                  OnAgentError.PASSTHROUGH),
              new NamedService(
                  ServiceId.parse("shop/deep"),
                  Collections.singletonList("*.deep.example.com"),
                  OnAgentError.FAIL)),
          Collections.emptyList());

  @ParameterizedTest
  @CsvSource({
    "orders, shop, shop/orders",
    "orders, default, default/orders",
    "ORDERS., shop, shop/orders",
    "inventory, default,",
    "inventory.shop, default, shop/inventory",
    "inventory.shop.svc, default, shop/inventory",
    "inventory.shop.svc.cluster.local., default, shop/inventory",
    "inventory.svc, shop,",
    "inventory.shop.cluster.local, shop,",
    "api.example.com, default, shop/api.example.com",
    "x.example.com, default, shop/api.example.com",
    "x.y.example.com, default, shop/api.example.com",
    "x.deep.example.com, default, shop/deep",
    "example.com, default,",
    "unknown, shop,",
  })
  void resolvesAsThePolicySays(String host, String namespace, String expected) {
    assertThat(TABLE.resolve(host, namespace))
        .isEqualTo(expected == null ? null : ServiceId.parse(expected));
  }

  @Test
  void removingAServiceRemovesItsNames() {
    NameTable without =
        TABLE.with(
            Collections.emptyList(),
            Collections.singletonList(ServiceId.parse("shop/api.example.com")));
    assertThat(without.resolve("api.example.com", "shop")).isNull();
    assertThat(without).hasSize(4);
    assertThat(TABLE.resolve("api.example.com", "shop")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "10.0.0.1", "a_b", "-a", "a..b", "::1"})
  void refusesWhatCannotNameAService(String name) {
    assertThatThrownBy(
            () ->
                NameTable.EMPTY.with(
                    Collections.singletonList(NamedService.of(new ServiceId("shop", name))),
                    Collections.emptyList()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop/" + name);
  }
}
