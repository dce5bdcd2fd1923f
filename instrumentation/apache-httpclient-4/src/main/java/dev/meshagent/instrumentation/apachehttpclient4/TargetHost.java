package dev.meshagent.instrumentation.apachehttpclient4;

import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;

/** Gives the host of a call the port that it stands for. */
final class TargetHost {
  private TargetHost() {}

  /**
   * The host that the library is to look for credentials of: where none is written it takes the
   * port of the route that it sends on, which for an attempt is the endpoint's.
   *
   * @param target as the application wrote it; null where the context has none
   * @param route the application's, with the port of its scheme if it wrote none
   * @return the same host if that has a port
   */
  static HttpHost withPort(HttpHost target, HttpRoute route) {
    if (target != null && target.getPort() >= 0) {
      return target;
    }
    HttpHost planned = route.getTargetHost();
    return target == null || target.getHostName().equalsIgnoreCase(planned.getHostName())
        ? planned // Most calls: no other object is needed.
        : new HttpHost(target.getHostName(), planned.getPort(), target.getSchemeName());
  }
}
