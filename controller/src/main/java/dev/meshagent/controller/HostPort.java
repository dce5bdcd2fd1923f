package dev.meshagent.controller;

/**
 * Where to listen.
 *
 * @param host a name or an IP literal, IPv6 without brackets
 * @param port 0 for any that is free
 */
public record HostPort(String host, int port) {

  /**
   * Reads {@code HOST:PORT}, with IPv6 literals in brackets.
   *
   * @throws IllegalArgumentException if the text has no such form
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (host.isEmpty() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "'" + text + "' is no HOST:PORT; write for example 127.0.0.1:15010 or [::1]:15010");
    }
    return new HostPort(host, port);
  }

  /** As in a URL. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
