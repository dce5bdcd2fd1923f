package dev.meshagent.contract.suite;

import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Polling;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges what became of the errors of an agent whose advice throws. */
final class AgentErrors {
  private static final Pattern SAID = Pattern.compile("error in the agent at (\\S+); said once");

  /** An agent reports once a second. */
  private static final Duration REPORTED_WITHIN = Duration.ofSeconds(60);

  private AgentErrors() {}

  /** The places that a process said errors of, in its order. */
  static List<String> places(List<String> lines) {
    return lines.stream().map(SAID::matcher).filter(Matcher::find).map(m -> m.group(1)).toList();
  }

  /**
   * @param lines all that the process printed
   * @param controller of that process alone
   */
  static List<Result> judged(List<String> lines, ControllerClient controller) {
    List<String> places = places(lines);
    return List.of(
        Result.judged(
            "eachErrorIsSaidOnce",
            !places.isEmpty() && places.stream().distinct().count() == places.size(),
            "the places that it said: " + places),
        counted(places, controller));
  }

  private static Result counted(List<String> places, ControllerClient controller) {
    String name = "allErrorsAreCountedAtTheController";
    try {
      awaitCounted(places, controller, 0);
      return Result.judged(name, true, "");
    } catch (IllegalStateException e) {
      return Result.judged(name, false, e.getMessage());
    }
  }

  /**
   * Waits until the controller has counted more errors than there are places, as it must where
   * advice runs more than once.
   *
   * @param before what it had counted before the process started
   * @throws IllegalStateException if it does not
   */
  static void awaitCounted(List<String> places, ControllerClient controller, long before) {
    Polling.until(
        () -> controller.agentEvents("agentErrors") - before > places.size(),
        REPORTED_WITHIN,
        () ->
            "the controller counted "
                + (controller.agentEvents("agentErrors") - before)
                + " errors of "
                + places.size()
                + " places");
  }
}
