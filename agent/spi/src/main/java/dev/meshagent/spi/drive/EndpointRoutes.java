package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import java.net.UnknownHostException;

/**
 * Turns the route of a request into the route of an attempt: to an endpoint, by its address. Those
 * used last are remembered, since most calls want one that was wanted before, and a library finds
 * its connections sooner by a route that it has seen. Thread-safe.
 *
 * @param <R> the library's routes, which are immutable
 */
public final class EndpointRoutes<R> {
  private final Recent<Made<R>> recent = new Recent<>();
  private final Maker<R> maker;

  /** Makes a library's routes. */
  public interface Maker<R> {
    /**
     * @throws UnknownHostException if the engine's address is no IP literal
     */
    R make(R written, Attempt attempt) throws UnknownHostException;
  }

  public EndpointRoutes(Maker<R> maker) {
    this.maker = maker;
  }

  /**
   * @param written the application's route
   * @param host that it leads to
   * @throws UnknownHostException if the engine's address is no IP literal
   */
  public R to(R written, String host, Attempt attempt) throws UnknownHostException {
    int hash = (host.hashCode() * 31 + attempt.address.hashCode()) * 31 + attempt.port;
    Made<R> known = recent.get(hash);
    if (known == null || !known.leads(written, attempt)) {
      known = new Made<>(written, attempt, maker.make(written, attempt));
      recent.keep(hash, known);
    }
    return known.endpoint;
  }

  /** A route, and what it was made from. */
  private static final class Made<R> {
    private final R written;
    private final String address;
    private final int port;
    private final R endpoint;

    Made(R written, Attempt attempt, R endpoint) {
      this.written = written;
      this.address = attempt.address;
      this.port = attempt.port;
      this.endpoint = endpoint;
    }

    boolean leads(R route, Attempt attempt) {
      return port == attempt.port && address.equals(attempt.address) && written.equals(route);
    }
  }
}
