package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.drive.Recent;
import java.lang.ref.WeakReference;
import java.net.Proxy;
import java.net.ProxySelector;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * What a proxy selector said of one server. It holds for a second, since OkHttp itself asks a
 * selector only when it makes a connection, and to ask the JDK's for every call costs more than all
 * else of the mesh. Immutable.
 */
final class ProxyAnswer {
  private static final long HOLDS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Recent<ProxyAnswer> RECENT = new Recent<>();

  /** It may be the application's, which may be unloaded. */
  private final WeakReference<ProxySelector> selector;

  private final String scheme;
  private final String host;
  private final int port;
  private final boolean proxied;
  private final long sinceNanos;

  private ProxyAnswer(ProxySelector selector, HttpUrl url, long sinceNanos) {
    this.selector = new WeakReference<>(selector);
    this.scheme = url.scheme();
    this.host = url.host();
    this.port = url.port();
    this.sinceNanos = sinceNanos;
    // As OkHttp asks: of the server alone.
    HttpUrl server = new HttpUrl.Builder().scheme(scheme).host(host).port(port).build();
    List<Proxy> proxies = selector.select(server.uri());
    this.proxied =
        proxies != null && !proxies.isEmpty() && proxies.get(0).type() != Proxy.Type.DIRECT;
  }

  /** Whether a client sends requests for a URL through a proxy. */
  static boolean of(OkHttpClient client, HttpUrl url) {
    if (client.proxy() != null) {
      return client.proxy().type() != Proxy.Type.DIRECT;
    }
    ProxySelector selector = client.proxySelector();
    return selector != null && of(selector, url, System.nanoTime());
  }

  /** Whether the selector says so, now or less than a second ago. */
  static boolean of(ProxySelector selector, HttpUrl url, long nowNanos) {
    int hash = (System.identityHashCode(selector) * 31 + url.port()) * 31 + url.host().hashCode();
    ProxyAnswer known = RECENT.get(hash);
    if (known != null && known.is(selector, url) && nowNanos - known.sinceNanos < HOLDS_NANOS) {
      return known.proxied;
    }
    ProxyAnswer asked = new ProxyAnswer(selector, url, nowNanos);
    RECENT.keep(hash, asked);
    return asked.proxied;
  }

  private boolean is(ProxySelector other, HttpUrl url) {
    return selector.get() == other
        && port == url.port()
        && host.equals(url.host())
        && scheme.equals(url.scheme());
  }
}
