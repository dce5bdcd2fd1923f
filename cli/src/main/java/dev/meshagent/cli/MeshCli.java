package dev.meshagent.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mesh} and those of its verbs that talk to a controller. */
@Command(
    name = "mesh",
    description = "Asks a controller, and tells it what is to hold.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ApplyVerb.class,
      GetVerb.class,
      ExplainVerb.class,
      ConvergenceVerb.class,
      HistoryVerb.class,
      RollbackVerb.class,
      BackupVerb.class,
      KubeconfigVerb.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused, as printed",
      "2:not understood",
      "3:no controller answers",
      "4:done, but not all agents have taken it"
    })
public final class MeshCli implements Runnable {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(run(commandLine(), args));
  }

  /** Executes a verb, all of whose output is written when this returns. */
  static int run(CommandLine line, String... args) {
    int code = line.execute(args);
    line.getOut().flush();
    line.getErr().flush();
    return code;
  }

  static CommandLine commandLine() {
    CommandLine all = new CommandLine(new MeshCli());
    all.getCommandSpec().version("mesh " + version());
    UsageMessageSpec usage = all.getCommandSpec().usageMessage();
    for (CommandLine verb : all.getSubcommands().values()) {
      verb.getCommandSpec().version(all.getCommandSpec().version());
      verb.getCommandSpec()
          .usageMessage()
          .exitCodeListHeading(usage.exitCodeListHeading())
          .exitCodeList(usage.exitCodeList());
    }
    return all.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, line, result) -> {
              if (failure instanceof Failure known) {
                line.getErr().println("mesh: " + known.getMessage());
                return known.exitCode();
              }
              throw failure;
            });
  }

  /** How requests say from whom they come: {@code mesh/VERSION}. */
  static String userAgent() {
    return version().isEmpty() ? "mesh" : "mesh/" + version();
  }

  /** Empty where the classes are not run from their jar. */
  private static String version() {
    return Optional.ofNullable(MeshCli.class.getPackage().getImplementationVersion()).orElse("");
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no verb");
  }
}
