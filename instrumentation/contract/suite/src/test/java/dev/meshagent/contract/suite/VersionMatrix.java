package dev.meshagent.contract.suite;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The rows of {@code versions.txt}, which says what its columns mean. */
record VersionMatrix(List<Row> rows) {

  /** Whether the agent serves a version. */
  enum Adapter {
    YES,
    NO,
    MISFIT,
    FRAMEWORK
  }

  /** One version of one library. */
  record Row(
      String library,
      String version,
      String fixture,
      int floor,
      List<Integer> jdks,
      boolean sample,
      Adapter adapter,
      Misfit misfit,
      List<String> artifacts) {

    /** The modes to run it in. */
    List<Mode> modes() {
      return switch (adapter) {
        case YES -> List.of(Mode.DIRECT, Mode.MESH, Mode.SABOTAGED);
        case NO -> List.of(Mode.DIRECT);
        case MISFIT -> List.of(Mode.MISFIT);
        case FRAMEWORK -> List.of(Mode.DIRECT, Mode.MESH);
      };
    }

    /** The class of its fixture. */
    String fixtureClass() {
      return "dev.meshagent.contract." + fixture;
    }
  }

  static VersionMatrix read() throws IOException {
    return new VersionMatrix(
        Columns.read("/versions.txt", 8).stream().map(VersionMatrix::row).toList());
  }

  /** The last row of a library. */
  Row newest(String library) {
    return rows.stream()
        .filter(row -> row.library().equals(library))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  private static Row row(List<String> columns) {
    List<String> agent = Columns.words(columns.get(6));
    return new Row(
        columns.get(0),
        columns.get(1),
        columns.get(2),
        Integer.parseInt(columns.get(3)),
        Columns.words(columns.get(4)).stream().map(Integer::valueOf).toList(),
        yes(columns.get(5)),
        Adapter.valueOf(agent.get(0).toUpperCase(Locale.ROOT)),
        Misfit.of(agent.subList(1, agent.size())),
        Columns.words(columns.get(7)));
  }

  private static boolean yes(String column) {
    return switch (column) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw new IllegalArgumentException("versions.txt: neither yes nor no: " + column);
    };
  }
}
