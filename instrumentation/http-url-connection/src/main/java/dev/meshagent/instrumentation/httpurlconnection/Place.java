package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.drive.Recent;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;

/**
 * Where the pool keeps the connections to one endpoint that were made under one name. Those used
 * last are remembered, since to make a URL costs more than all else of a call. Thread-safe.
 */
final class Place {
  /** Of connections that are no endpoint's: nothing is ever pooled under it. */
  private static final String NOWHERE = ".mesh-nowhere";

  private static final Recent<Place> RECENT = new Recent<>();

  private final String protocol;
  private final String host;
  private final String address;
  private final int port;

  /** Only names the place; it is never opened. */
  private final URL key;

  /** What pinned a thread here last, or null; most attempts are given as long to connect. */
  private volatile Pin last;

  private Place(URL url, Attempt attempt) {
    protocol = url.getProtocol();
    host = url.getHost();
    address = attempt.address;
    port = attempt.port;
    key = key(url, ".mesh-" + address.replace(':', '-'), port);
  }

  /** What pins a thread to an attempt's endpoint for as long as that may connect. */
  static Pin pin(Attempt attempt, URL url) {
    return pin(attempt, url, Math.min(attempt.connectTimeoutNanos(), attempt.timeoutNanos));
  }

  /** The same, with that limit for connecting; {@link Long#MAX_VALUE} for the application's. */
  static Pin pin(Attempt attempt, URL url, long limitNanos) {
    Place place = of(attempt, url);
    Pin pin = place.last;
    if (pin == null || !pin.hasLimit(limitNanos)) {
      pin = Pin.to(place.key, place.host, place.address, place.port, limitNanos);
      place.last = pin;
    }
    return pin;
  }

  private static Place of(Attempt attempt, URL url) {
    int hash = (attempt.address.hashCode() * 31 + attempt.port) * 31 + url.getHost().hashCode();
    Place place = RECENT.get(hash);
    if (place == null || !place.is(attempt, url)) {
      place = new Place(url, attempt);
      RECENT.keep(hash, place);
    }
    return place;
  }

  private boolean is(Attempt attempt, URL url) {
    return port == attempt.port
        && address.equals(attempt.address)
        && host.equals(url.getHost())
        && protocol.equals(url.getProtocol());
  }

  /** A key of no connection. */
  static URL nowhere(URL url) {
    return key(url, NOWHERE, 0);
  }

  private static URL key(URL url, String suffix, int port) {
    try {
      String host = url.getHost().replace(':', '-').replace('[', '-').replace(']', '-');
      return new URL(url.getProtocol(), host + suffix, port, "", Unopened.HANDLER);
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("no key for " + url, e);
    }
  }

  private static final class Unopened extends URLStreamHandler {
    static final Unopened HANDLER = new Unopened();

    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      throw new IOException("a place in a pool cannot be opened");
    }
  }
}
