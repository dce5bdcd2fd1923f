package dev.meshagent.testbed;

import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the shop's load has counted so far, read from what it prints.
 *
 * @param failures the first of them, in the order in which they ended
 */
public record LoadReport(long gets, long posts, long failed, List<Failure> failures) {
  private static final Pattern SUMMARY =
      Pattern.compile("load: (\\d+) GET, (\\d+) POST, (\\d+) failed");
  private static final Pattern FAILURE = Pattern.compile("failed: (\\S+) begun (\\S+) (.*)");

  /** A call that failed, and when the application began it. */
  public record Failure(String method, Instant begun, String what) {}

  public long calls() {
    return gets + posts;
  }

  /** Waits until the load has printed how it stands, about a second after its start. */
  public static void awaitFirst(ChildProcess load) {
    load.awaitLine(SUMMARY, LocalMesh.STARTED_WITHIN);
  }

  /** How the load stands; once it has ended, for good. */
  public static LoadReport of(ChildProcess load) {
    return of(load.lines());
  }

  static LoadReport of(List<String> lines) {
    List<Failure> failures =
        lines.stream()
            .map(FAILURE::matcher)
            .filter(Matcher::matches)
            .map(m -> new Failure(m.group(1), Instant.parse(m.group(2)), m.group(3)))
            .toList();
    for (int last = lines.size() - 1; last >= 0; last--) {
      Matcher summary = SUMMARY.matcher(lines.get(last));
      if (summary.matches()) {
        return new LoadReport(
            Long.parseLong(summary.group(1)),
            Long.parseLong(summary.group(2)),
            Long.parseLong(summary.group(3)),
            failures);
      }
    }
    return new LoadReport(0, 0, failures.size(), failures);
  }
}
