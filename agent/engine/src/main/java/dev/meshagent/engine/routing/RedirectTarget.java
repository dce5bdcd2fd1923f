package dev.meshagent.engine.routing;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.Rewrite;

/** Where a redirect sends a request, as the value of its Location header. */
public final class RedirectTarget {
  private RedirectTarget() {}

  /**
   * The absolute URL.
   *
   * @param matchedPrefix how many characters the matched prefix of the path had
   */
  public static String of(Redirect redirect, RequestHead head, int matchedPrefix) {
    String scheme = redirect.scheme.isEmpty() ? head.scheme() : redirect.scheme;
    String host = redirect.host.isEmpty() ? head.host() : redirect.host;
    int port = redirect.port;
    if (port == 0) {
      // A changed scheme implies its own port (Gateway API, HTTPRequestRedirectFilter.port).
      port = redirect.scheme.isEmpty() ? head.port() : -1;
    }
    boolean implied = port <= 0 || port == ("https".equals(scheme) ? 443 : 80);
    String where = head.pathAndQuery();
    if (!redirect.path.isEmpty()) {
      // Envoy's path_redirect: the request's query stays, unless the path brings its own.
      int query = where.indexOf('?');
      boolean own = redirect.path.indexOf('?') >= 0;
      where = redirect.path + (own || query < 0 ? "" : where.substring(query));
    } else if (!redirect.prefix.isEmpty()) {
      where = new Rewrite("", redirect.prefix, "", "", "").path(where, matchedPrefix);
    }
    String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return scheme + "://" + bracketed + (implied ? "" : ":" + port) + where;
  }
}
