package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A copy of a call that is sent aside, seen as a call of one attempt whose answer nobody wants. So
 * a hop can drive it.
 */
final class MirrorCall implements MeshCall {
  /** For copies of requests that wait for ever. */
  private static final Duration LONGEST = Duration.ofNanos(Copies.DEFAULT_LIMIT_NANOS);

  private final MeshCall call;
  private final Attempt copy;
  private final AtomicBoolean finished = new AtomicBoolean();
  private boolean begun;

  private MirrorCall(MeshCall call, Attempt copy) {
    this.call = call;
    this.copy = copy;
  }

  /** Sends the copies that an attempt wants; none can fail the call. */
  static void send(Mesh mesh, MeshCall call, Attempt attempt, Object exchange) {
    try {
      List<Attempt> copies = attempt.mirrors();
      if (copies.isEmpty()) {
        return;
      }
      HttpRequest request = (HttpRequest) ClientInternals.request(exchange);
      HttpClient client = ClientInternals.client(ClientInternals.multi(exchange));
      Map<String, List<String>> systemHeaders = Companion.systemHeaders(request);
      for (Attempt copy : copies) {
        MirrorCall mirror = new MirrorCall(call, copy);
        if (Companion.possible(request)) {
          mirror.send(mesh, client, request, systemHeaders);
        } else {
          mirror.cancel();
        }
      }
    } catch (Throwable e) {
      mesh.agentError(JdkHttpClientModule.NAME, e);
    }
  }

  private void send(
      Mesh mesh, HttpClient client, HttpRequest request, Map<String, List<String>> systemHeaders) {
    new Companion(
            request,
            systemHeaders,
            request.timeout().orElse(LONGEST),
            exchange -> Hops.begin(mesh, this, exchange))
        .send(client)
        .whenComplete((response, thrown) -> cancel());
  }

  @Override
  public Step next() {
    if (begun) {
      return new Step.Fail(Step.Fail.Reason.ABORTED, "a mirrored request is sent once", null);
    }
    begun = true;
    return copy;
  }

  @Override
  public Verdict finish(Attempt attempt, Outcome outcome) {
    if (finished.compareAndSet(false, true)) {
      call.finish(attempt, outcome);
    }
    return Verdict.DISCARD;
  }

  @Override
  public Verdict broken(Attempt attempt, Outcome outcome) {
    return Verdict.DISCARD;
  }

  @Override
  public void release(Attempt attempt) {
    call.release(attempt);
  }

  @Override
  public void cancel() {
    finish(copy, Outcome.failure(Failure.CANCELLED, null));
  }
}
