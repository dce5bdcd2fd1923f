package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Watches one attempt of a classic client: notices when it has its connection, and breaks it off
 * when its time is over. The runtime is shared with the next attempt, so the timer and the end of
 * this one exclude each other. All but {@link #run} is for the application's thread.
 */
final class ClassicTry implements ExecChain, Runnable {
  /** How often a broken-off attempt that waits for a connection of the pool is looked at again. */
  private static final long AGAIN_MILLIS = 20;

  private final Mesh mesh;
  private final ExecRuntime runtime;
  private final ExecChain chain;
  private boolean ended;
  private boolean brokenOff;
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

  /** To be called before the attempt begins; null if it may take for ever. */
  Mesh.Timeout breakOffAfter(long nanos) {
    return nanos == Long.MAX_VALUE ? null : mesh.schedule(this, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * The attempt came back.
   *
   * @return whether it had been broken off
   */
  boolean ended(Mesh.Timeout timer) {
    if (timer != null) {
      timer.cancel();
    }
    synchronized (this) {
      ended = true;
      if (again != null) {
        again.cancel();
      }
      return brokenOff;
    }
  }

  synchronized boolean isBrokenOff() {
    return brokenOff;
  }

  /**
   * The time is over, or another attempt has answered: closes the connection under the thread that
   * waits for it.
   */
  @Override
  public void run() {
    synchronized (this) {
      if (ended) {
        return;
      }
      brokenOff = true;
      if (runtime.isEndpointAcquired()) {
        runtime.discardEndpoint();
      }
      again = mesh.schedule(this, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
