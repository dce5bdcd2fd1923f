package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Breakable;
import dev.meshagent.spi.drive.Deliveries;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Watches one attempt of a classic client: notices when it has its connection, and stands for it
 * while its body is read.
 */
final class ClassicTry extends Breakable implements ExecChain, Deliveries.Delivery {
  /** How often a broken-off attempt that waits for a connection of the pool is looked at again. */
  private static final long AGAIN_MILLIS = 20;

  final ExecRuntime runtime;
  private final ClassicHop hop;
  private final Attempt attempt;
  private Mesh.Timeout again;

  /** Whether the rest of the chain, which sends, was reached. */
  boolean connected;

  /** Whether the connection is one that the pool had kept. */
  boolean kept;

  /**
   * @param runtime the hop's own, or that of an attempt beside it
   */
  ClassicTry(ClassicHop hop, Attempt attempt, ExecRuntime runtime) {
    this.hop = hop;
    this.attempt = attempt;
    this.runtime = runtime;
  }

  @Override
  public ClassicHttpResponse proceed(ClassicHttpRequest request, Scope scope)
      throws IOException, HttpException {
    connected = true;
    kept = runtime.isConnectionReusable();
    return hop.chain.proceed(request, scope);
  }

  @Override
  public MeshCall call() {
    return hop.call;
  }

  @Override
  public Attempt attempt() {
    return attempt;
  }

  @Override
  public Object hold() {
    return runtime;
  }

  @Override
  protected void ended() {
    if (again != null) {
      again.cancel();
    }
  }

  /** Closes the connection under the thread that waits for it. */
  @Override
  protected void breakOff() {
    if (runtime.isEndpointAcquired()) {
      runtime.discardEndpoint();
    }
    again = hop.mesh.schedule(this, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }
}
