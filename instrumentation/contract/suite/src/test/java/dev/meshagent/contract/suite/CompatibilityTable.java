package dev.meshagent.contract.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what passed as the Markdown of docs/compatibility.md. Of one thread. */
final class CompatibilityTable {
  private static final String HEAD =
      """
      # Compatibility

      Made by the build: `mvn verify -Pfull -pl instrumentation/contract/suite -am` runs every behaviour of the contract
      (`instrumentation/contract`) for every library, version and JDK below, each in a JVM of its own, and writes this page.
      Passed / asked; a behaviour that needs what a library cannot do is not asked of it. "Without" is the
      same behaviours called by address with no agent: what the library does by itself.

      | Library | Version | JDK | Without the agent | With the agent |
      |---|---|---|---|---|
      """;

  private final Map<String, Map<Boolean, String>> rows = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  void add(Cell cell, List<Result> results) {
    String key =
        "| " + cell.row().library() + " | " + cell.row().version() + " | " + cell.jdk() + " |";
    long passed = results.stream().filter(r -> r.verdict() == Result.Verdict.PASS).count();
    long asked = results.stream().filter(r -> r.verdict() != Result.Verdict.SKIP).count();
    rows.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(cell.mesh(), passed + " / " + asked);
    for (Result result : results) {
      if (result.verdict() == Result.Verdict.FAIL) {
        failures.add("- " + cell.title() + ": `" + result.behaviour() + "`");
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
    if (!failures.isEmpty()) {
      page.append("\nWhat failed:\n\n");
      failures.forEach(line -> page.append(line).append('\n'));
    }
    return page.toString();
  }
}
