package dev.meshagent.engine.policy;

import dev.meshagent.engine.call.RequestHead;

/** Sends the caller elsewhere; an empty part stays as the request has it. Immutable. */
public final class Redirect extends Value {
  public final int status;
  public final String scheme;
  public final String host;

  /** 0 to keep the request's port; -1 for the one that the scheme implies. */
  public final int port;

  /** Replaces the path and query where not empty. */
  public final String path;

  /** Replaces the matched prefix where not empty. */
  public final String prefix;

  public Redirect(int status, String scheme, String host, int port, String path, String prefix) {
    this.status = status;
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.path = path;
    this.prefix = prefix;
  }

  /** Where it sends a request whose matched prefix had that many characters. */
  public String location(RequestHead head, int matchedPrefix) {
    String toScheme = scheme.isEmpty() ? head.scheme() : scheme;
    String toHost = host.isEmpty() ? head.host() : host;
    int toPort = port;
    if (toPort == 0) {
      // A changed scheme implies its own port (Gateway API, HTTPRequestRedirectFilter.port).
      toPort = scheme.isEmpty() ? head.port() : -1;
    }
    boolean implied = toPort <= 0 || toPort == ("https".equals(toScheme) ? 443 : 80);
    String where = head.pathAndQuery();
    if (!path.isEmpty()) {
      where = path;
    } else if (!prefix.isEmpty()) {
      where = new Rewrite("", prefix, "", "", "").path(where, matchedPrefix);
    }
    String bracketed =
        toHost.indexOf(':') >= 0 && !toHost.startsWith("[") ? "[" + toHost + "]" : toHost;
    return toScheme + "://" + bracketed + (implied ? "" : ":" + toPort) + where;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {status, scheme, host, port, path, prefix};
  }
}
