package dev.meshagent.runtime.config;

import java.util.Locale;

/**
 * The keys that configure the agent: written {@code key=value} among the agent's arguments, {@code
 * -Dmesh.key=value}, or {@code MESH_KEY=value} with dots as underscores.
 */
public enum ConfigKey {
  ENABLED("enabled"),
  CONTROLLER("controller"),
  CONTROLLER_CA("controller.ca"),
  SERVICE("service"),
  NAMESPACE("namespace"),
  VERSION("version"),
  LABELS("labels"),
  LOCALITY("locality"),
  GROUP("group"),
  TOKEN_FILE("token.file"),
  ADDRESS("address"),
  PORT("port"),
  PORTS("ports"),
  LOG_LEVEL("log.level"),
  LOG_FILE("log.file"),
  CACHE_DIR("cache.dir"),
  STARTUP_WAIT("startup.wait.ms"),
  DUMP_DIR("dump.dir");

  /** Keys {@code instrumentation.<module>} switch one instrumentation off or on. */
  static final String INSTRUMENTATION_PREFIX = "instrumentation.";

  static final String PROPERTY_PREFIX = "mesh.";
  static final String ENVIRONMENT_PREFIX = "MESH_";

  /** The key as written among the agent's arguments. */
  public final String key;

  /** The key as a system property. */
  public final String property;

  /** The key as an environment variable. */
  public final String variable;

  ConfigKey(String key) {
    this.key = key;
    this.property = PROPERTY_PREFIX + key;
    this.variable = ENVIRONMENT_PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The key of that name, or null. */
  static ConfigKey of(String key) {
    for (ConfigKey candidate : values()) {
      if (candidate.key.equals(key)) {
        return candidate;
      }
    }
    return null;
  }

  /** The key closest to a mistyped one by edit distance, or null if none is close. */
  static ConfigKey nearest(String typed) {
    ConfigKey best = null;
    int bestDistance = Math.max(2, typed.length() / 3) + 1;
    for (ConfigKey candidate : values()) {
      int distance = editDistance(typed.toLowerCase(Locale.ROOT), candidate.key);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
