package dev.meshagent.instrumentation.grpc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and the port that a channel's target names, as the application wrote them. Immutable.
 */
final class Target {
  private static final String DNS = "dns";
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

  final String host;

  /** Or -1 where none was written. */
  final int port;

  /** True where the channel encrypts. */
  final boolean secure;

  private Target(String host, int port, boolean secure) {
    this.host = host;
    this.port = port;
    this.secure = secure;
  }

  /**
   * Reads a target.
   *
   * @param defaultScheme the scheme that gRPC takes where none is written
   * @return null for what is no plain name: other schemes than {@code dns}, a chosen DNS server,
   *     literals of IPv6
   */
  static Target parse(String target, String defaultScheme, boolean secure) {
    String name = target;
    if (target.startsWith(DNS + ":")) {
      name = target.substring(DNS.length() + 1);
      if (name.startsWith("///")) {
        name = name.substring(3);
      } else if (name.startsWith("/") && !name.startsWith("//")) {
        name = name.substring(1);
      } else {
        return null;
      }
    } else if (!DNS.equals(defaultScheme)) {
      return null;
    }
    Matcher parts = HOST_AND_PORT.matcher(name);
    if (!parts.matches()) {
      return null;
    }
    int port = parts.group(2) == null ? -1 : Integer.parseInt(parts.group(2));
    return new Target(parts.group(1), port, secure);
  }

  String scheme() {
    return secure ? "https" : "http";
  }
}
