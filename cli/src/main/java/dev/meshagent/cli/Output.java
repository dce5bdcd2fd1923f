package dev.meshagent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a verb prints: a table for people, JSON or YAML for programs; colour on a terminal alone. */
final class Output {
  /** The forms there are. */
  enum Form {
    table,
    json,
    yaml
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Form form;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  PrintWriter out() {
    return verb.commandLine().getOut();
  }

  PrintWriter err() {
    return verb.commandLine().getErr();
  }

  /** True if a person is to read it, rather than a program. */
  boolean forPeople() {
    return form == Form.table;
  }

  /** Prints the document in the form asked for; false if a person is to read it. */
  boolean document(JsonNode document) {
    switch (form) {
      case json:
        try {
          out().println(Remote.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("a tree can always be written", e);
        }
        return true;
      case yaml:
        out().print(Yaml.of(document));
        return true;
      default:
        return false;
    }
  }

  /** Prints rows under a header, in columns. */
  void table(List<String> header, List<List<String>> rows) {
    int[] widths = new int[header.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = header.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out().println(bold(line(header, widths)));
    rows.forEach(row -> out().println(line(row, widths)));
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      line.append(cell);
      if (i < widths.length - 1) {
        line.append(" ".repeat(widths[i] - cell.length() + 3));
      }
    }
    return line.toString();
  }

  String bold(String text) {
    return coloured("bold", text);
  }

  String good(String text) {
    return coloured("green", text);
  }

  String bad(String text) {
    return coloured("red", text);
  }

  private String coloured(String style, String text) {
    // What stands in the text must not be taken for markup: the text is put around it.
    return verb.commandLine().getColorScheme().ansi().enabled()
        ? verb.commandLine().getColorScheme().ansi().string("@|" + style + " %s|@").formatted(text)
        : text;
  }
}
