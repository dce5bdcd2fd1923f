package dev.meshagent.contract.suite;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The lines of {@code known-gaps.txt}, which says what its columns mean. */
record KnownGaps(List<Gap> gaps) {

  /** Whose reason it is that a behaviour does not hold. */
  enum Kind {
    GAP,
    LIBRARY,
    SOMETIMES
  }

  /** One behaviour that does not hold for some cells. */
  record Gap(
      Kind kind,
      String library,
      List<String> versions,
      List<String> jdks,
      String mode,
      String behaviour,
      String reason) {

    private boolean covers(Cell cell, String name) {
      return behaviour.equals(name)
          && library.equals(cell.row().library())
          && covers(cell.mode())
          && (versions.contains("*") || versions.contains(cell.row().version()))
          && (jdks.contains("*") || jdks.contains(String.valueOf(cell.jdk())));
    }

    private boolean covers(Mode of) {
      return switch (mode) {
        case "any" -> true;
        case "alone" -> of != Mode.MESH;
        default -> mode.equalsIgnoreCase(of.name());
      };
    }
  }

  private static final List<String> MODES =
      List.of("any", "alone", "direct", "mesh", "sabotaged", "misfit");

  static KnownGaps read() throws IOException {
    return new KnownGaps(Columns.read("/known-gaps.txt", 7).stream().map(KnownGaps::gap).toList());
  }

  private static Gap gap(List<String> columns) {
    Kind kind =
        switch (columns.get(0)) {
          case "gap" -> Kind.GAP;
          case "library" -> Kind.LIBRARY;
          case "sometimes" -> Kind.SOMETIMES;
          default ->
              throw new IllegalArgumentException(
                  "known-gaps.txt: neither gap, library nor sometimes: " + columns);
        };
    if (!MODES.contains(columns.get(4))) {
      throw new IllegalArgumentException("known-gaps.txt: neither any nor a mode: " + columns);
    }
    return new Gap(
        kind,
        columns.get(1),
        Columns.words(columns.get(2)),
        Columns.words(columns.get(3)),
        columns.get(4),
        columns.get(5),
        columns.get(6));
  }

  /** Empty if the behaviour is expected to hold. */
  Optional<Gap> of(Cell cell, String behaviour) {
    return gaps.stream().filter(gap -> gap.covers(cell, behaviour)).findFirst();
  }
}
