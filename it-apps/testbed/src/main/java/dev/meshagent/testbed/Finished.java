package dev.meshagent.testbed;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a program that ran to its end left behind.
 *
 * @param command as it was run
 * @param code its exit code
 * @param output its standard output
 * @param errors its standard error
 */
public record Finished(List<String> command, int code, String output, String errors) {
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);

  /**
   * Runs a program and waits for its end.
   *
   * @param environment what it gets beside this process's own
   * @param input its standard input
   * @throws IllegalStateException if it does not end; it is ended then
   */
  public static Finished run(List<String> command, Map<String, String> environment, String input) {
    try {
      Path output = Files.createTempFile("mesh-", ".out");
      Path errors = Files.createTempFile("mesh-", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
          in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          // It did not care to read.
        }
        if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(
              String.join(" ", command) + " did not end; it printed " + Files.readString(output));
        }
        return new Finished(
            List.copyOf(command),
            process.exitValue(),
            Files.readString(output),
            Files.readString(errors));
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " ran", e);
    }
  }

  /**
   * Itself, if it ended so.
   *
   * @throws IllegalStateException if it ended otherwise, with what it printed
   */
  public Finished endedWith(int wanted) {
    if (code != wanted) {
      throw new IllegalStateException(
          String.join(" ", command)
              + " ended with "
              + code
              + ", not "
              + wanted
              + "\n"
              + output
              + errors);
    }
    return this;
  }

  /** Standard output and then standard error. */
  public String all() {
    return output + errors;
  }
}
