package dev.meshagent.runtime.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The agent's own log: one line each, to the process's standard error or to a file. It exists
 * because touching the application's logging (or {@code java.util.logging}) from an agent changes
 * or deadlocks the application. It writes to the file descriptor and not to {@code System.err},
 * which the application may have replaced. Thread-safe; never throws; a line that cannot be written
 * is lost.
 */
public final class Log {
  private static final Object LOCK = new Object();
  private static final OutputStream STDERR = new FileOutputStream(FileDescriptor.err);

  private static volatile LogLevel threshold = LogLevel.INFO;
  private static volatile OutputStream out = STDERR;

  private Log() {}

  /**
   * Sets what is written and where. A file that cannot be opened leaves the log on standard error,
   * and says so there.
   *
   * @param level the least severe level that is written
   * @param file appended to, or null for standard error
   */
  public static void configure(LogLevel level, Path file) {
    threshold = level;
    if (file == null) {
      out = STDERR;
      return;
    }
    try {
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException | RuntimeException e) {
      out = STDERR;
      warn("log.file " + file + " cannot be opened; logging to standard error", e);
    }
  }

  /** True if debug lines are written: asked before building an expensive one. */
  public static boolean isDebug() {
    return threshold == LogLevel.DEBUG;
  }

  public static void debug(String message) {
    write(LogLevel.DEBUG, message, null);
  }

  public static void debug(String message, Throwable error) {
    write(LogLevel.DEBUG, message, error);
  }

  public static void info(String message) {
    write(LogLevel.INFO, message, null);
  }

  public static void warn(String message) {
    write(LogLevel.WARN, message, null);
  }

  public static void warn(String message, Throwable error) {
    write(LogLevel.WARN, message, error);
  }

  public static void error(String message) {
    write(LogLevel.ERROR, message, null);
  }

  public static void error(String message, Throwable error) {
    write(LogLevel.ERROR, message, error);
  }

  private static void write(LogLevel level, String message, Throwable error) {
    if (level.compareTo(threshold) < 0) {
      return;
    }
    try {
      byte[] line =
          format(System.currentTimeMillis(), level, message, error, isDebug())
              .getBytes(StandardCharsets.UTF_8);
      synchronized (LOCK) {
        out.write(line);
        out.flush();
      }
    } catch (Throwable ignored) {
      // A full disk or a closed descriptor must not reach the application.
    }
  }

  /** One line, whatever the message holds; a stack trace follows only while debugging. */
  static String format(
      long epochMillis, LogLevel level, String message, Throwable error, boolean stackTrace) {
    StringBuilder line = new StringBuilder(96).append("mesh-agent ");
    appendTimeOfDay(line, epochMillis);
    line.append(' ').append(level).append(' ').append(oneLine(message));
    if (error != null) {
      line.append(": ").append(oneLine(error.toString()));
      StackTraceElement[] trace = error.getStackTrace();
      if (trace.length > 0 && !stackTrace) {
        line.append(" (at ").append(trace[0]).append(')');
      }
    }
    line.append('\n');
    if (error != null && stackTrace) {
      StringWriter text = new StringWriter();
      error.printStackTrace(new PrintWriter(text));
      line.append(text);
    }
    return line.toString();
  }

  /** UTC, by arithmetic: java.time's formatters would cost tens of milliseconds at start-up. */
  private static void appendTimeOfDay(StringBuilder line, long epochMillis) {
    long millis = Math.floorMod(epochMillis, 86_400_000L);
    appendPadded(line, millis / 3_600_000, 2).append(':');
    appendPadded(line, millis / 60_000 % 60, 2).append(':');
    appendPadded(line, millis / 1000 % 60, 2).append('.');
    appendPadded(line, millis % 1000, 3).append('Z');
  }

  private static StringBuilder appendPadded(StringBuilder line, long number, int width) {
    String digits = Long.toString(number);
    for (int i = digits.length(); i < width; i++) {
      line.append('0');
    }
    return line.append(digits);
  }

  private static String oneLine(String text) {
    return text == null ? "null" : text.replace('\r', ' ').replace('\n', ' ');
  }
}
