package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;

/** Sends copies of attempts aside and throws their answers away. */
final class AsyncMirrors {
  private AsyncMirrors() {}

  /** Sends one copy. */
  static void send(
      MeshCall call,
      Attempt mirror,
      AsyncExecChainHandler connect,
      AsyncRequest request,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncWaits waits) {
    HttpRequest copy = Rewriting.asynchronous(request.request, request.headers(), mirror);
    AsyncExecRuntime runtime = scope.execRuntime.fork();
    Copy thrownAway = new Copy(call, mirror, runtime, chain);
    thrownAway.limit(waits);
    try {
      connect.execute(
          copy,
          request.body(),
          new AsyncExecChain.Scope(
              scope.exchangeId,
              EndpointRoute.to(scope.route, mirror),
              copy,
              thrownAway,
              SideContext.ofCopy(scope.clientContext),
              runtime),
          thrownAway,
          thrownAway);
    } catch (IOException | HttpException | RuntimeException e) {
      thrownAway.failed(e);
    }
  }

  /**
   * Nobody waits for a copy, nor cancels it: so it has a limit, the reading of its body included.
   */
  private static final class Copy extends AsyncStages {
    private final MeshCall call;
    private final Attempt mirror;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Mesh.Timeout timer;

    Copy(MeshCall call, Attempt mirror, AsyncExecRuntime runtime, AsyncExecChain chain) {
      super(runtime, chain);
      this.call = call;
      this.mirror = mirror;
    }

    void limit(AsyncWaits waits) {
      timer = waits.after(Copies.limitNanos(mirror), this::timedOut);
    }

    private void timedOut() {
      if (!over.get()) {
        call.finish(mirror, Outcome.failure(Failure.TIMEOUT, null));
        leave();
        release();
      }
    }

    @Override
    public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails entity) {
      call.finish(mirror, Outcomes.response(response));
      return entity == null ? null : new DroppedBody();
    }

    @Override
    public void handleInformationResponse(HttpResponse response) {}

    @Override
    public void completed() {
      runtime.releaseEndpoint();
      release();
    }

    @Override
    public void failed(Exception cause) {
      runtime.discardEndpoint();
      call.finish(mirror, Outcome.failure(Failure.OTHER, cause));
      release();
    }

    private void release() {
      if (over.compareAndSet(false, true)) {
        Mesh.Timeout limit = timer;
        if (limit != null) {
          limit.cancel();
        }
        call.release(mirror);
      }
    }
  }
}
