package dev.meshagent.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

  private List<String> shown() {
    return shown.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void withoutATerminalEveryTableIsPlainLines() {
    Screen screen = new Screen(out, 0);
    screen.table(List.of("a", "b"));
    screen.news("n");
    screen.table(List.of("c"));

    assertThat(shown()).containsExactly("a", "b", "n", "c");
  }

  @Test
  void onATerminalATableIsDrawnOverTheOneBefore() {
    Screen screen = new Screen(out, 80);
    screen.table(List.of("a", "b"));
    screen.table(List.of("c"));
    screen.news("n");

    assertThat(shown()).containsExactly("a", "b", "\033[2A\033[Jc", "\033[1A\033[Jn");
  }

  @Test
  void aLineIsNoLongerThanTheTerminalIsWide() {
    Screen screen = new Screen(out, 5);
    screen.table(List.of("1234567", "123"));

    assertThat(shown()).containsExactly("12345", "123");
  }

  @Test
  void aSettledTableStays() {
    Screen screen = new Screen(out, 80);
    screen.table(List.of("a"));
    screen.settle();
    screen.news("n");

    assertThat(shown()).containsExactly("a", "n");
  }
}
