package dev.meshagent.boot;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Reads the very few settings that matter before the agent proper is loaded, with the same
 * precedence: agent arguments, system properties, environment.
 */
final class EarlySettings {
  private static final long DEFAULT_STARTUP_WAIT_MILLIS = 1_000;

  /** As the agent proper has it. */
  private static final long MOST_STARTUP_WAIT_MILLIS = 600_000;

  private EarlySettings() {}

  /**
   * How long the application waits for the agent at most, in ns. What is no such number gives way
   * to the default; the agent proper says so in its log.
   */
  static long startupWaitNanos(
      String arguments, Properties properties, Map<String, String> environment) {
    String text = find("startup.wait.ms", arguments, properties, environment);
    long millis = DEFAULT_STARTUP_WAIT_MILLIS;
    try {
      long asked = text == null ? -1 : Long.parseLong(text);
      if (asked >= 0 && asked <= MOST_STARTUP_WAIT_MILLIS) {
        millis = asked;
      }
    } catch (NumberFormatException e) {
      // The default.
    }
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** The value of a key such as {@code log.file}, trimmed, or null. */
  static String find(
      String key, String arguments, Properties properties, Map<String, String> environment) {
    String found = null;
    if (arguments != null) {
      for (String pair : arguments.split(",")) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).trim().equals(key)) {
          found = pair.substring(equals + 1);
        }
      }
    }
    if (found == null) {
      found = properties.getProperty("mesh." + key);
    }
    if (found == null) {
      found = environment.get("MESH_" + key.replace('.', '_').toUpperCase(Locale.ROOT));
    }
    return found == null ? null : found.trim();
  }
}
