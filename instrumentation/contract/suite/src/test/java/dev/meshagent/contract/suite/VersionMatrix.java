package dev.meshagent.contract.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The rows of {@code versions.txt}, which says what its columns mean. */
record VersionMatrix(List<Row> rows) {

  /** One version of one library. */
  record Row(
      String library,
      String version,
      String fixture,
      int floor,
      List<Integer> jdks,
      boolean sample,
      boolean agent,
      List<String> artifacts) {

    /** The class of its fixture. */
    String fixtureClass() {
      return "dev.meshagent.contract." + fixture;
    }
  }

  static VersionMatrix read() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = VersionMatrix.class.getResourceAsStream("/versions.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#") && !line.isBlank()) {
          rows.add(row(line));
        }
      }
    }
    return new VersionMatrix(rows);
  }

  private static Row row(String line) {
    String[] columns = line.split("\\|", -1);
    if (columns.length != 8) {
      throw new IllegalArgumentException("versions.txt: not 8 columns: " + line);
    }
    for (int i = 0; i < columns.length; i++) {
      columns[i] = columns[i].strip();
    }
    return new Row(
        columns[0],
        columns[1],
        columns[2],
        Integer.parseInt(columns[3]),
        words(columns[4]).map(Integer::valueOf).toList(),
        yes(columns[5]),
        yes(columns[6]),
        words(columns[7]).toList());
  }

  private static Stream<String> words(String column) {
    return Stream.of(column.split(" +")).filter(word -> !word.isEmpty());
  }

  private static boolean yes(String column) {
    return switch (column) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw new IllegalArgumentException("versions.txt: neither yes nor no: " + column);
    };
  }
}
