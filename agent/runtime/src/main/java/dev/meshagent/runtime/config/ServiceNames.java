package dev.meshagent.runtime.config;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Finds the name of the service that this process is, where {@code mesh.service} does not say:
 * OpenTelemetry's name, Spring's, the main jar's without its version, the main class's.
 */
final class ServiceNames {
  /** When nothing is known of the process: the word that OpenTelemetry chose, as a DNS label. */
  static final String UNKNOWN = "unknown-service";

  private static final int LONGEST_LABEL = 63;
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern NO_LETTER = Pattern.compile("[0-9-]+");
  private static final Pattern VERSION_SUFFIX =
      Pattern.compile(
          "[-_.]v?[0-9]+([.][0-9]+)*([-.+_](?i:snapshot|final|release|rc.*|m[0-9]+))?$");

  private ServiceNames() {}

  /**
   * True if services may be called that: a DNS label (RFC 1123 §2.1), not a number, no localhost.
   */
  static boolean isValid(String name) {
    return name.length() <= LONGEST_LABEL
        && DNS_LABEL.matcher(name).matches()
        && !NO_LETTER.matcher(name).matches()
        && !name.equals("localhost");
  }

  static String discover(Properties properties, Map<String, String> environment) {
    String[] candidates = {
      environment.get("OTEL_SERVICE_NAME"),
      properties.getProperty("otel.service.name"),
      properties.getProperty("spring.application.name"),
      environment.get("SPRING_APPLICATION_NAME"),
      mainName(properties.getProperty("sun.java.command"))
    };
    for (String candidate : candidates) {
      if (candidate != null) {
        String label = toLabel(candidate);
        if (isValid(label)) {
          return label;
        }
      }
    }
    return UNKNOWN;
  }

  /** The jar's or the main class's name of a command such as {@code /srv/orders-1.2.jar --x}. */
  private static String mainName(String command) {
    if (command == null || command.trim().isEmpty()) {
      return null;
    }
    String main = command.trim();
    int jar = main.indexOf(".jar");
    if (jar >= 0 && (jar + 4 == main.length() || main.charAt(jar + 4) == ' ')) {
      // Cut here first: the path of a jar may hold spaces.
      String path = main.substring(0, jar);
      String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
      String bare = VERSION_SUFFIX.matcher(file).replaceFirst("");
      return bare.isEmpty() ? file : bare;
    }
    int space = main.indexOf(' ');
    String type = space < 0 ? main : main.substring(0, space);
    type = type.substring(type.lastIndexOf('/') + 1);
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static String toLabel(String name) {
    String label = name.trim().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    label = label.replaceAll("^-|-$", "");
    return label.length() <= LONGEST_LABEL
        ? label
        : label.substring(0, LONGEST_LABEL).replaceAll("-$", "");
  }
}
