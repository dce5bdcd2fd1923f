package dev.meshagent.runtime.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The places that settings come from, most telling first: the agent's arguments, system properties,
 * environment variables. Reports keys that nobody reads as problems; variables that resemble no key
 * are left alone, because {@code MESH_} is not ours alone (Kubernetes sets {@code
 * MESH_SERVICE_HOST} where a service is called mesh). Not thread-safe.
 */
final class ConfigSources {
  private final Map<String, String> arguments;
  private final Map<String, String> properties = new TreeMap<>();
  private final Map<String, String> environment;
  private final List<String> problems;

  ConfigSources(
      String arguments,
      Properties systemProperties,
      Map<String, String> environment,
      List<String> problems) {
    this.problems = problems;
    this.arguments = parseArguments(arguments);
    for (String name : systemProperties.stringPropertyNames()) {
      if (name.startsWith(ConfigKey.PROPERTY_PREFIX)) {
        properties.put(
            name.substring(ConfigKey.PROPERTY_PREFIX.length()), systemProperties.getProperty(name));
      }
    }
    this.environment = environment;
  }

  /** What is set for a key, and where; null if nowhere. */
  Setting get(ConfigKey key) {
    String value = arguments.get(key.key);
    if (value != null) {
      return new Setting("agent argument " + key.key, value);
    }
    value = properties.get(key.key);
    if (value != null) {
      return new Setting("system property " + key.property, value);
    }
    value = environment.get(key.variable);
    return value == null ? null : new Setting("environment variable " + key.variable, value.trim());
  }

  /** The switches {@code instrumentation.<module>}, by module. */
  Map<String, Setting> instrumentationSwitches() {
    String prefix = ConfigKey.INSTRUMENTATION_PREFIX;
    String variablePrefix =
        ConfigKey.ENVIRONMENT_PREFIX + prefix.replace('.', '_').toUpperCase(Locale.ROOT);
    Map<String, Setting> switches = new TreeMap<>();
    for (Map.Entry<String, String> entry : environment.entrySet()) {
      if (entry.getKey().startsWith(variablePrefix)) {
        // Modules are named with hyphens, which a variable's name cannot hold.
        String module = entry.getKey().substring(variablePrefix.length());
        switches.put(
            module.toLowerCase(Locale.ROOT).replace('_', '-'),
            new Setting("environment variable " + entry.getKey(), entry.getValue().trim()));
      }
    }
    for (Map.Entry<String, String> entry : properties.entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        switches.put(
            entry.getKey().substring(prefix.length()),
            new Setting(
                "system property " + ConfigKey.PROPERTY_PREFIX + entry.getKey(), entry.getValue()));
      }
    }
    for (Map.Entry<String, String> entry : arguments.entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        switches.put(
            entry.getKey().substring(prefix.length()),
            new Setting("agent argument " + entry.getKey(), entry.getValue()));
      }
    }
    return switches;
  }

  /** Adds a problem for every key that is set but not known. */
  void reportUnknownKeys() {
    for (String key : arguments.keySet()) {
      ConfigKey nearest = ConfigKey.nearest(key);
      reportIfUnknown(key, "agent argument " + key, nearest, nearest == null ? "" : nearest.key);
    }
    for (String key : properties.keySet()) {
      ConfigKey nearest = ConfigKey.nearest(key);
      String meant = nearest == null ? "" : ConfigKey.PROPERTY_PREFIX + nearest.key;
      reportIfUnknown(key, "system property " + ConfigKey.PROPERTY_PREFIX + key, nearest, meant);
    }
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (variable.startsWith(ConfigKey.ENVIRONMENT_PREFIX)) {
        String key =
            variable
                .substring(ConfigKey.ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
        ConfigKey nearest = ConfigKey.nearest(key);
        if (nearest != null) {
          String meant =
              ConfigKey.ENVIRONMENT_PREFIX + nearest.key.toUpperCase(Locale.ROOT).replace('.', '_');
          reportIfUnknown(key, "environment variable " + variable, nearest, meant);
        }
      }
    }
  }

  /**
   * @param meant the nearest key as it is written in that place
   */
  private void reportIfUnknown(String key, String place, ConfigKey nearest, String meant) {
    if (ConfigKey.of(key) != null || key.startsWith(ConfigKey.INSTRUMENTATION_PREFIX)) {
      return;
    }
    if (nearest != null) {
      problems.add(place + " is not a key and is ignored; did you mean " + meant + "?");
      return;
    }
    StringBuilder known = new StringBuilder();
    for (ConfigKey candidate : ConfigKey.values()) {
      known.append(known.length() == 0 ? "" : ", ").append(candidate.key);
    }
    problems.add(place + " is not a key and is ignored; the keys are " + known);
  }

  private Map<String, String> parseArguments(String text) {
    Map<String, String> parsed = new LinkedHashMap<>();
    if (text == null || text.trim().isEmpty()) {
      return parsed;
    }
    for (String part : text.split(",")) {
      String pair = part.trim();
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parsed.put(pair.substring(0, equals).trim(), pair.substring(equals + 1).trim());
      } else if (!pair.isEmpty()) {
        problems.add(
            "agent argument '"
                + pair
                + "' is ignored; write key=value,key2=value2 (inside a list,"
                + " such as labels, use ; for the comma)");
      }
    }
    return parsed;
  }

  /** One value and the place it was found in, in words. Immutable. */
  static final class Setting {
    final String place;
    final String value;

    Setting(String place, String value) {
      this.place = place;
      this.value = value;
    }
  }
}
