package dev.meshagent.testbed.demo;

import java.io.PrintStream;
import java.util.List;

/**
 * Where the demo is watched: a terminal shows one table that is drawn again in place, below the
 * news; anything else gets plain lines, one table after the other. Not thread-safe.
 */
final class Screen {
  private static final String UP_AND_CLEAR = "\033[%dA\033[J";

  private final PrintStream out;
  private final int columns;
  private int linesInPlace;

  /**
   * @param columns the terminal's width; 0 if there is no terminal
   */
  Screen(PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /** Tells something that stays on the screen. */
  void news(String line) {
    clear();
    out.println(line);
  }

  /** Shows a table in place of the one before. */
  void table(List<String> lines) {
    clear();
    if (columns == 0) {
      lines.forEach(out::println);
      return;
    }
    for (String line : lines) {
      // A line that the terminal breaks would be two to move up over.
      out.println(line.length() > columns ? line.substring(0, columns) : line);
    }
    linesInPlace = lines.size();
  }

  /** Leaves the last table where it is. */
  void settle() {
    linesInPlace = 0;
  }

  private void clear() {
    if (linesInPlace > 0) {
      out.printf(UP_AND_CLEAR, linesInPlace);
      linesInPlace = 0;
    }
  }
}
