package dev.meshagent.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that this one started: what it prints is kept in a log file, and can be waited for.
 * Thread-safe.
 */
public final class ChildProcess {
  /** More lines than that are only in the log file. */
  private static final int REMEMBERED_LINES = 10_000;

  private final String name;
  private final Path log;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private boolean outputEnded;

  private ChildProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * @param name for messages, and of the log file
   * @param directory where the log file is made
   * @param command the program and its arguments
   */
  public static ChildProcess start(String name, Path directory, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      ChildProcess child = new ChildProcess(name, directory.resolve(name + ".log"), process);
      Thread pump = new Thread(child::pump, "output of " + name);
      pump.setDaemon(true);
      pump.start();
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  private void pump() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter file = new PrintWriter(Files.newBufferedWriter(log))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        file.println(line);
        file.flush();
        remember(line);
      }
    } catch (IOException e) {
      remember("(output lost: " + e.getMessage() + ")");
    } finally {
      synchronized (this) {
        outputEnded = true;
        notifyAll();
      }
    }
  }

  private synchronized void remember(String line) {
    if (lines.size() < REMEMBERED_LINES) {
      lines.add(line);
      notifyAll();
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  /** Everything printed so far, standard error included. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /**
   * Waits until the process has printed a line that matches, or finds the one it has printed.
   *
   * @throws IllegalStateException if it ends, or time passes, without one
   */
  public Matcher awaitLine(Pattern pattern, Duration atMost) {
    return awaitLine(pattern, 0, atMost);
  }

  /**
   * The same, but looks only at what is printed after the first lines.
   *
   * @param from how many lines, as {@link #lines} gives them, do not count
   */
  public synchronized Matcher awaitLine(Pattern pattern, int from, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    int seen = from;
    while (true) {
      for (; seen < lines.size(); seen++) {
        Matcher matcher = pattern.matcher(lines.get(seen));
        if (matcher.find()) {
          return matcher;
        }
      }
      long left = deadline - System.nanoTime();
      if (outputEnded || left <= 0) {
        throw new IllegalStateException(
            name
                + (outputEnded ? " ended" : " ran for " + atMost.toSeconds() + " s")
                + " without printing \""
                + pattern
                + "\"; it printed:\n"
                + String.join("\n", tail()));
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + name, e);
      }
    }
  }

  private List<String> tail() {
    return lines.subList(Math.max(0, lines.size() - 30), lines.size());
  }

  /** Gives it a line on its standard input. */
  public void tell(String line) {
    try {
      OutputStream input = process.getOutputStream();
      input.write((line + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " takes no input any more: " + e.getMessage(), e);
    }
  }

  /** Ends its standard input, which some programs take as the sign to stop. */
  public void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The process is gone: it needs no sign any more.
    }
  }

  /** SIGKILL, and waits until the process is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(60));
  }

  /** SIGTERM; does not wait. */
  public void terminate() {
    process.destroy();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for the end of the process and of its output.
   *
   * @return its exit code
   * @throws IllegalStateException if it is still there after that time
   */
  public int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException(
            name + " (pid " + pid() + ") is still running after " + atMost.toSeconds() + " s");
      }
      synchronized (this) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!outputEnded && System.nanoTime() < deadline) {
          TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
        }
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
  }
}
