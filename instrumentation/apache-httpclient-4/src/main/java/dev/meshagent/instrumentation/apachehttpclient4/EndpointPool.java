package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.HiddenField;
import dev.meshagent.spi.drive.PoolWidth;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.pool.ConnPoolControl;

/**
 * A client's pool of connections, as far as it must be made to hold those to many endpoints. One
 * for each client; clients that share a pool share its width. Thread-safe.
 */
final class EndpointPool implements PoolWidth.Limits {
  /** By connection manager, which must not be kept by it. */
  private static final Map<Object, PoolWidth> WIDTHS =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Null where the client has a manager of its own making, without limits to be known. */
  private final ConnPoolControl<HttpRoute> pool;

  private final PoolWidth width;

  private EndpointPool(ConnPoolControl<HttpRoute> pool) {
    this.pool = pool;
    this.width = pool == null ? null : WIDTHS.computeIfAbsent(pool, any -> new PoolWidth());
  }

  /**
   * The pool that the link that connects leases from. That is in a private field of it; a version
   * that has none keeps its pool as it is.
   */
  @SuppressWarnings("unchecked")
  static EndpointPool of(Object main) {
    Object manager = HiddenField.valueOrNull(main, "connManager");
    return new EndpointPool(
        manager instanceof ConnPoolControl ? (ConnPoolControl<HttpRoute>) manager : null);
  }

  /**
   * An attempt is about to lease a connection.
   *
   * @param written the application's route, for which it may have set a limit of its own
   */
  void use(Mesh mesh, Attempt attempt, HttpRoute written, HttpRoute endpoint) {
    try {
      if (pool != null && width.use(attempt.endpoint.uid, this, System.nanoTime())) {
        int limit = pool.getMaxPerRoute(written);
        if (limit != pool.getMaxPerRoute(endpoint)) {
          pool.setMaxPerRoute(endpoint, limit);
        }
      }
    } catch (RuntimeException e) {
      mesh.agentError("width of a pool of Apache HttpClient 4", e);
    }
  }

  @Override
  public int total() {
    return pool.getMaxTotal();
  }

  @Override
  public void total(int connections) {
    pool.setMaxTotal(connections);
  }

  @Override
  public int each() {
    return pool.getDefaultMaxPerRoute();
  }
}
