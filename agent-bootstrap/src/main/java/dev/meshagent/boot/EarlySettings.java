package dev.meshagent.boot;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Reads the very few settings that matter before the agent proper is loaded, with the same
 * precedence: agent arguments, system properties, environment.
 */
final class EarlySettings {
  private EarlySettings() {}

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
