package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentTest {
  private final Recent<String> recent = new Recent<>();

  @Test
  void whatWasKeptIsThereForItsHash() {
    recent.keep("orders".hashCode(), "orders");

    assertThat(recent.get("orders".hashCode())).isEqualTo("orders");
  }

  @Test
  void theLastOneKeptForAHashIsTheOne() {
    recent.keep(-1, "before");
    recent.keep(-1, "after");

    assertThat(recent.get(-1)).isEqualTo("after");
  }

  @Test
  void itKeepsAFewHundredHoweverManyThereAre() {
    for (int i = 0; i < 100_000; i++) {
      recent.keep(i * 31, String.valueOf(i));
    }

    Set<String> left = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      left.add(recent.get(i * 31));
    }
    assertThat(left).doesNotContainNull().hasSizeLessThanOrEqualTo(256);
  }

  @Test
  void neighbouringHashesDoNotTakeEachOthersPlace() {
    for (int i = 0; i < 100; i++) {
      recent.keep(i, String.valueOf(i));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(recent.get(i)).isEqualTo(String.valueOf(i));
    }
  }
}
