package dev.meshagent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mesh backup mesh-backup.db}. */
@Command(
    name = "backup",
    description = {
      "Writes all that the controller keeps, policy and its history, into one file. The controller"
          + " goes on meanwhile.",
      "To go back to it: stop the controller, put the file in place of mesh.db in the directory of"
          + " --data, remove mesh.db-wal and mesh.db-shm there, and start it again."
    },
    mixinStandardHelpOptions = true)
final class BackupVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "Where to write it. What is there before is replaced once all has come.")
  private Path file;

  @Override
  public Integer call() {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try {
        remote.download("/mesh/v1/backup", part);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
      spec.commandLine().getErr().printf("%s: %d bytes%n", file, Files.size(file));
    } catch (IOException e) {
      throw new Failure(ExitCode.REFUSED, "cannot write " + file + ": " + e);
    }
    return ExitCode.DONE;
  }
}
