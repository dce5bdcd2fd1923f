package dev.meshagent.contract.suite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writes what passed as the Markdown of docs/compatibility.md. Of one thread. */
final class CompatibilityTable {
  private static final String HEAD =
      """
      # Compatibility

      Made by the build: `mvn verify -Pfull -pl instrumentation/contract/suite -am` runs every behaviour of the contract
      (`instrumentation/contract`) for every library, version and JDK below, each in a JVM of its own, and writes this page.
      Passed / asked; a behaviour that needs what a library cannot do is not asked of it. "Without" is the
      same behaviours called by address with no agent: what the library does by itself. What is asked and does not
      hold is named below the table, with the reason. "Advice that throws" is an agent made for the test in which all advice
      throws: calls must go as without it, each error must be logged once, and all must be counted at the controller. A version
      that the adapter does not fit must be left alone, with one line logged; "renamed" is a version that the suite makes, in which
      one of the advised methods has another name. "50 endpoints" is the number of connections that 1,000 calls in turn to a
      service of 50 instances opened after 8,000 to warm up, with the library's default pool; 5 are allowed. A machine that
      becomes busy may take up to four further rounds of 1,000 to get there.

      | Library | Version | JDK | Without the agent | With the agent | Advice that throws | 50 endpoints |
      |---|---|---|---|---|---|---|
      """;

  private final Map<String, Map<Mode, String>> rows = new LinkedHashMap<>();
  private final Map<String, String> figures = new HashMap<>();
  private final Set<String> known = new TreeSet<>();
  private final List<String> failures = new ArrayList<>();
  private final KnownGaps gaps;

  CompatibilityTable(KnownGaps gaps) {
    this.gaps = gaps;
  }

  void add(Cell cell, List<Result> results) {
    String key =
        "| " + cell.row().library() + " | " + cell.row().version() + " | " + cell.jdk() + " |";
    long passed = results.stream().filter(r -> r.verdict() == Result.Verdict.PASS).count();
    long asked = results.stream().filter(r -> r.verdict() != Result.Verdict.SKIP).count();
    rows.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(cell.mode(), passed + " / " + asked);
    for (Result result : results) {
      if (result.behaviour().equals("connectionsToFiftyEndpointsAreKept")
          && result.verdict() != Result.Verdict.SKIP) {
        String figure = result.detail().split(" ")[0];
        figures.put(key, result.verdict() == Result.Verdict.PASS ? figure : "too many");
      }
      if (result.verdict() == Result.Verdict.FAIL) {
        String line = "- " + cell.title() + ": `" + result.behaviour() + "`";
        gaps.of(cell, result.behaviour())
            .ifPresentOrElse(
                gap -> known.add(line + ". " + gap.reason()), () -> failures.add(line));
      }
    }
  }

  String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    rows.forEach(
        (key, cells) -> {
          String alone = cells.get(Mode.MISFIT);
          page.append(key)
              .append(' ')
              .append(cells.getOrDefault(Mode.DIRECT, "not run"))
              .append(" | ")
              .append(
                  alone != null
                      ? "left alone: " + alone
                      : cells.getOrDefault(Mode.MESH, "no adapter yet"))
              .append(" | ")
              .append(cells.getOrDefault(Mode.SABOTAGED, ""))
              .append(" | ")
              .append(figures.getOrDefault(key, ""))
              .append(" |\n");
        });
    list(page, "What is known not to hold, and why", known);
    list(page, "What failed", failures);
    return page.toString();
  }

  private static void list(StringBuilder page, String title, Collection<String> lines) {
    if (!lines.isEmpty()) {
      page.append('\n').append(title).append(":\n\n");
      lines.forEach(line -> page.append(line).append('\n'));
    }
  }
}
