package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Breakable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/** Watches one attempt of a classic client: notices when it has its connection. */
final class ClassicTry extends Breakable implements ExecChain {
  /** How often a broken-off attempt that waits for a connection of the pool is looked at again. */
  private static final long AGAIN_MILLIS = 20;

  private final Mesh mesh;
  private final ExecRuntime runtime;
  private final ExecChain chain;
  private Mesh.Timeout again;

  /** Whether the rest of the chain, which sends, was reached. */
  boolean connected;

  /** Whether the connection is one that the pool had kept. */
  boolean kept;

  ClassicTry(Mesh mesh, ExecRuntime runtime, ExecChain chain) {
    this.mesh = mesh;
    this.runtime = runtime;
    this.chain = chain;
  }

  @Override
  public ClassicHttpResponse proceed(ClassicHttpRequest request, Scope scope)
      throws IOException, HttpException {
    connected = true;
    kept = runtime.isConnectionReusable();
    return chain.proceed(request, scope);
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
    again = mesh.schedule(this, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }
}
