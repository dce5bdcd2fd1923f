package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.drive.HiddenField;
import dev.meshagent.spi.drive.PerThread;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dns;

/**
 * One look of a pool at its connections, to close those that idle beyond its limit (5 by default).
 * That limit was made for the one address of a name; with many endpoints behind it, each call would
 * close one connection and open another. So each endpoint has that limit for itself, and its
 * connections do not count in the pool's until they have idled as long as the pool allows. Of the
 * thread that looks.
 */
final class IdleConnections {
  private static final PerThread<IdleConnections> LOOKING = new PerThread<>();

  /** Private fields of the library; null in a version that has none, whose pool stays as it is. */
  private static final Field MOST_IDLE = ofThePool("maxIdleConnections");

  private static final Field KEEP_ALIVE_NANOS = ofThePool("keepAliveDurationNs");
  private static final Field CONNECTIONS = ofThePool("connections");
  private static final Field IDLE_AT_NANOS =
      field("okhttp3.internal.connection.RealConnection", "idleAtNs", "idleAtNanos");

  private final int mostIdle;
  private final long keepAliveNanos;
  private final Map<Dns, Integer> idle = new HashMap<>();

  private IdleConnections(int mostIdle, long keepAliveNanos) {
    this.mostIdle = mostIdle;
    this.keepAliveNanos = keepAliveNanos;
  }

  private static Field ofThePool(String name) {
    Field field = field("okhttp3.internal.connection.RealConnectionPool", name);
    return field == null ? field("okhttp3.ConnectionPool", name) : field;
  }

  private static Field field(String className, String... names) {
    for (String name : names) {
      Field field = HiddenField.orNull(ConnectionPool.class, className, name);
      if (field != null) {
        return field;
      }
    }
    return null;
  }

  /** A pool begins to look; null where it is left as it is. */
  static Object begin(Object pool) {
    if (MOST_IDLE == null || KEEP_ALIVE_NANOS == null || IDLE_AT_NANOS == null) {
      return null;
    }
    try {
      int mostIdle = MOST_IDLE.getInt(pool);
      if (hasAtMost(mostIdle, pool)) {
        return null;
      }
      IdleConnections look = new IdleConnections(mostIdle, KEEP_ALIVE_NANOS.getLong(pool));
      LOOKING.set(look);
      return look;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field that was made accessible is not", e);
    }
  }

  /**
   * Whether a pool has no more connections than may idle; it looks after most calls. Not told of
   * older pools, whose collection may be read only under their monitor.
   */
  private static boolean hasAtMost(int connections, Object pool) throws IllegalAccessException {
    Object all = CONNECTIONS == null ? null : CONNECTIONS.get(pool);
    return all instanceof ConcurrentLinkedQueue
        && ((ConcurrentLinkedQueue<?>) all).size() <= connections;
  }

  static void end(Object begun) {
    if (begun != null) {
      LOOKING.clear();
    }
  }

  /** How many calls use a connection, as the pool is to think; null for what it thinks itself. */
  static Object uses(Object connection, Object uses) {
    IdleConnections look = LOOKING.get();
    return look != null && (Integer) uses == 0 ? look.kept((Connection) connection) : null;
  }

  private Integer kept(Connection connection) {
    Dns endpoint = connection.route().address().dns();
    if (!(endpoint instanceof EndpointDns)) {
      return null;
    }
    long idleNanos;
    try {
      idleNanos = System.nanoTime() - IDLE_AT_NANOS.getLong(connection);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field that was made accessible is not", e);
    }
    boolean kept = idleNanos < keepAliveNanos && idle.merge(endpoint, 1, Integer::sum) <= mostIdle;
    return kept ? 1 : null;
  }
}
