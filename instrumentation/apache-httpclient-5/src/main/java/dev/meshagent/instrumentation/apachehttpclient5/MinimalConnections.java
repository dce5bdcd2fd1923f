package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.HiddenField;
import dev.meshagent.spi.drive.PerThread;
import java.io.IOException;
import java.lang.reflect.Field;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The connections of a minimal client, which has no chain. Its calls to hosts of the mesh are sent
 * by another client over the same connections, which has a chain and nothing that a minimal one has
 * not: no redirects, retries, cookies or compression. Advice cannot throw, so where that client
 * does, this one goes on and runs into the failure when it connects. Thread-safe if the connections
 * are.
 */
final class MinimalConnections implements HttpClientConnectionManager {
  /** The failures that their threads are to run into. */
  private static final PerThread<Exception> FAILURES = new PerThread<>();

  private final HttpClientConnectionManager own;
  private final CloseableHttpClient chained;

  private MinimalConnections(HttpClientConnectionManager own) {
    this.own = own;
    this.chained =
        HttpClientBuilder.create()
            .setConnectionManager(own)
            .setConnectionManagerShared(true)
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .addRequestInterceptorLast((request, entity, context) -> stayOnProtocol(request))
            .build();
  }

  /** Newer versions offer to upgrade to TLS, but not those clients. */
  private static void stayOnProtocol(HttpRequest request) {
    Header upgrade = request.getFirstHeader(HttpHeaders.UPGRADE);
    if (upgrade != null && upgrade.getValue().startsWith("TLS/")) {
      request.removeHeaders(HttpHeaders.UPGRADE);
      request.setHeader(HttpHeaders.CONNECTION, "keep-alive");
    }
  }

  /**
   * A minimal client is about to execute a request.
   *
   * @param arguments the target, the request, and the context or null
   * @return the response, or null to let the client go on, which fails if this did
   */
  static Object execute(Object client, Object[] arguments) throws ReflectiveOperationException {
    HttpHost target = (HttpHost) arguments[0];
    Mesh mesh = Mesh.get();
    if (mesh == null || target == null || !RequestView.mayBeMesh(mesh, target)) {
      return null;
    }
    MinimalConnections connections = of(client);
    try {
      return connections.chained.execute(
          target, (ClassicHttpRequest) arguments[1], (HttpContext) arguments[2]);
    } catch (IOException | RuntimeException e) {
      FAILURES.set(e);
      return null;
    }
  }

  /** The client has executed its request. */
  static void executed() {
    FAILURES.clear();
  }

  private static MinimalConnections of(Object client) throws ReflectiveOperationException {
    Field field = HiddenField.of(client.getClass(), "connManager");
    HttpClientConnectionManager manager = (HttpClientConnectionManager) field.get(client);
    if (!(manager instanceof MinimalConnections)) {
      manager = new MinimalConnections(manager);
      field.set(client, manager);
    }
    return (MinimalConnections) manager;
  }

  @Override
  public LeaseRequest lease(String id, HttpRoute route, Timeout timeout, Object state) {
    Exception failure = FAILURES.get();
    if (failure == null) {
      return own.lease(id, route, timeout, state);
    }
    return new LeaseRequest() {
      @Override
      public ConnectionEndpoint get(Timeout timeout) {
        return new Unconnected(failure);
      }

      @Override
      public boolean cancel() {
        return true;
      }
    };
  }

  @Override
  public void connect(ConnectionEndpoint endpoint, TimeValue timeout, HttpContext context)
      throws IOException {
    if (endpoint instanceof Unconnected) {
      ((Unconnected) endpoint).fail();
    }
    own.connect(endpoint, timeout, context);
  }

  @Override
  public void release(ConnectionEndpoint endpoint, Object state, TimeValue validDuration) {
    if (!(endpoint instanceof Unconnected)) {
      own.release(endpoint, state, validDuration);
    }
  }

  @Override
  public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
    own.upgrade(endpoint, context);
  }

  @Override
  public void close(CloseMode mode) {
    own.close(mode);
  }

  @Override
  public void close() throws IOException {
    own.close();
  }
}
