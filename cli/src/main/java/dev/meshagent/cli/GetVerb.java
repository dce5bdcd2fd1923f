package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mesh get virtualservices}. */
@Command(name = "get", description = "Shows resources.", mixinStandardHelpOptions = true)
final class GetVerb implements Callable<Integer> {
  private static final String AS_TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

  @Mixin private Remote remote;
  @Mixin private Output output;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "Such as virtualservices, vs or HTTPRoute.")
  private String kind;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      arity = "0..1",
      description = "All of them without one.")
  private String name;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "Where (default: ${DEFAULT-VALUE}).")
  private String namespace;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Everywhere.")
  private boolean everywhere;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "LABELS",
      description = "Those with these labels, such as app=orders.")
  private String selector;

  @Override
  public Integer call() {
    ServedKind served = ServedKind.find(remote, kind);
    StringBuilder path = new StringBuilder(served.root());
    if (served.namespaced() && !everywhere) {
      path.append("/namespaces/").append(encoded(namespace));
    }
    path.append('/').append(served.plural());
    if (name != null) {
      path.append('/').append(encoded(name));
    }
    if (selector != null) {
      path.append("?labelSelector=").append(encoded(selector));
    }
    if (output.forPeople()) {
      print(remote.get(path.toString(), AS_TABLE));
    } else {
      output.document(remote.get(path.toString()));
    }
    return ExitCode.DONE;
  }

  /** The controller says which columns are useful; those of lesser use are left out. */
  private void print(JsonNode table) {
    List<Integer> shown = new ArrayList<>();
    List<String> header = new ArrayList<>();
    if (everywhere) {
      header.add("NAMESPACE");
    }
    JsonNode columns = table.path("columnDefinitions");
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).path("priority").asInt() == 0) {
        shown.add(i);
        header.add(columns.get(i).path("name").asText().toUpperCase(Locale.ROOT));
      }
    }
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : table.path("rows")) {
      List<String> cells = new ArrayList<>();
      if (everywhere) {
        cells.add(row.at("/object/metadata/namespace").asText());
      }
      shown.forEach(i -> cells.add(row.path("cells").path(i).asText()));
      rows.add(cells);
    }
    if (rows.isEmpty()) {
      output.err().println("there are none");
    } else {
      output.table(header, rows);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
