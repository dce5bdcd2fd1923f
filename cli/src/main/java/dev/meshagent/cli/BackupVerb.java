package dev.meshagent.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      description = "Where to write it, for its owner alone. It must not be there yet.")
  private Path file;

  @Option(names = "--force", description = "Replace a file that is there, once all has come.")
  private boolean force;

  @Override
  public Integer call() {
    if (!force && Files.exists(file)) {
      throw there();
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try {
        Files.deleteIfExists(part);
        remote.download("/mesh/v1/backup", part);
        if (force) {
          Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } else {
          Files.move(part, file);
        }
      } finally {
        Files.deleteIfExists(part);
      }
      spec.commandLine().getErr().printf("%s: %d bytes%n", file, Files.size(file));
    } catch (FileAlreadyExistsException e) {
      throw there();
    } catch (IOException e) {
      throw new Failure(ExitCode.REFUSED, "cannot write " + file + ": " + FileTrouble.text(e));
    }
    return ExitCode.DONE;
  }

  private Failure there() {
    return new Failure(
        ExitCode.REFUSED,
        file + " is there already; name another file, or replace it with --force");
  }
}
