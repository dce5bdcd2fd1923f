package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mesh history}. */
@Command(
    name = "history",
    description = "Lists the versions of policy, the latest first, with who made them and when.",
    mixinStandardHelpOptions = true)
final class HistoryVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;

  @Override
  public Integer call() {
    JsonNode answer = remote.get("/mesh/v1/history");
    if (!output.document(answer)) {
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode each : answer.path("versions")) {
        rows.add(
            List.of(
                each.path("version").asText(),
                each.path("at").asText(),
                each.path("author").asText(),
                each.path("action").asText()));
      }
      output.table(List.of("VERSION", "AT", "BY", "WHAT"), rows);
    }
    return ExitCode.DONE;
  }
}
