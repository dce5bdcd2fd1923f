package dev.meshagent.contract.suite;

import java.util.ArrayList;
import java.util.Collection;
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
      hold is named below the table, with the reason.

      | Library | Version | JDK | Without the agent | With the agent |
      |---|---|---|---|---|
      """;

  private final Map<String, Map<Boolean, String>> rows = new LinkedHashMap<>();
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
    rows.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(cell.mesh(), passed + " / " + asked);
    for (Result result : results) {
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
        (key, cells) ->
            page.append(key)
                .append(' ')
                .append(cells.getOrDefault(false, "not run"))
                .append(" | ")
                .append(cells.getOrDefault(true, "no adapter yet"))
                .append(" |\n"));
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
