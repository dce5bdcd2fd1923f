package dev.meshagent.contract.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the suite's data files: lines of columns between bars, and comments behind a hash. */
final class Columns {
  private Columns() {}

  /**
   * The lines of a resource, each as its columns without the blanks around them.
   *
   * @throws IllegalArgumentException if a line has not so many
   */
  static List<List<String>> read(String resource, int columns) throws IOException {
    List<List<String>> lines = new ArrayList<>();
    try (InputStream in = Columns.class.getResourceAsStream(resource);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("#") || line.isBlank()) {
          continue;
        }
        List<String> split = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
        if (split.size() != columns) {
          throw new IllegalArgumentException(resource + ": not " + columns + " columns: " + line);
        }
        lines.add(split);
      }
    }
    return lines;
  }

  /** The words of a column. */
  static List<String> words(String column) {
    return Stream.of(column.split(" +")).filter(word -> !word.isEmpty()).toList();
  }
}
