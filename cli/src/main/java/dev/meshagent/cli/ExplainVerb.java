package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mesh explain GET http://orders/list}. */
@Command(
    name = "explain",
    description = "Says what becomes of a request, and why, without sending it.",
    mixinStandardHelpOptions = true)
final class ExplainVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "METHOD", description = "Such as GET.")
  private String method;

  @Parameters(index = "1", paramLabel = "URL", description = "Such as http://orders/list.")
  private String url;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header of the request; may be given several times.")
  private List<String> headers = List.of();

  @Option(
      names = "--from",
      paramLabel = "SERVICE",
      defaultValue = "",
      description = "The calling service, as its label app has it.")
  private String from;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The caller's namespace (default: ${DEFAULT-VALUE}).")
  private String namespace;

  @Option(names = "--grpc", description = "It is a call of gRPC.")
  private boolean grpc;

  @Override
  public Integer call() {
    ObjectNode request = Remote.JSON.createObjectNode();
    request.put("method", method).put("url", url);
    if (grpc) {
      request.put("grpc", true);
    }
    ObjectNode fields = request.putObject("headers");
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new ParameterException(
            spec.commandLine(), "'" + header + "' is no header; write 'name: value'");
      }
      fields.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    request.putObject("caller").put("namespace", namespace).put("service", from);
    JsonNode answer = remote.post("/mesh/v1/explain", "application/json", request.toString());
    if (!output.document(answer)) {
      output.out().print(answer.path("text").asText());
      if (!answer.path("from").isEmpty()) {
        output.out().println("  compiled from:");
        answer.path("from").forEach(each -> output.out().println("    " + each.asText()));
      }
    }
    return ExitCode.DONE;
  }
}
