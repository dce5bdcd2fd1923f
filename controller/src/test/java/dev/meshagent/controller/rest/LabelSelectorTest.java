package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelSelectorTest {
  private static final Map<String, String> LABELS = Map.of("app", "orders", "a.b/version", "v2");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "app=orders",
        "app == orders",
        "app!=inventory",
        "other!=x",
        "app in (orders,other)",
        "app notin (x, y)",
        "other notin (x)",
        "app",
        "!other",
        "app=orders,a.b/version in (v1,v2),!x"
      })
  void matches(String selector) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app=inventory",
        "other=x",
        "app!=orders",
        "app in (x)",
        "other in (x)",
        "other",
        "!app",
        "app=orders,other",
        "app="
      })
  void doesNotMatch(String selector) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"=x", "a=b=c", "a in x", "a,,b", "a in (b", "a>1", "-a"})
  void isRefusedWithWhatCanBeWritten(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a in (b,c)");
  }
}
