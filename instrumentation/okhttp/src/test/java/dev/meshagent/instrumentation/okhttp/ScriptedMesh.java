package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.spi.Listeners;
import dev.meshagent.spi.Mesh;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** A mesh whose engine answers what the test says, by host name. */
final class ScriptedMesh extends Mesh {
  private final Map<String, Function<RequestHead, Call>> services = new ConcurrentHashMap<>();

  /** Every call that was opened, in order. */
  final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Every error that the adapter reported. */
  final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  /** Calls of that host take those steps, the last one for ever. */
  void service(String host, Step... steps) {
    script(host, head -> new Call(head, steps));
  }

  void script(String host, Function<RequestHead, Call> script) {
    services.put(host, script);
  }

  @Override
  public MeshCall open(String library, RequestHead head) {
    Function<RequestHead, Call> script = services.get(head.host());
    if (script == null) {
      return null;
    }
    Call call = script.apply(head);
    calls.add(call);
    return call;
  }

  @Override
  public Timeout schedule(Runnable task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("OkHttp waits on its own threads");
  }

  @Override
  public Listeners listeners() {
    throw new UnsupportedOperationException("the client registers nothing");
  }

  @Override
  public void agentError(String place, Throwable error) {
    errors.add(error);
  }

  static Attempt attempt(InetSocketAddress endpoint) {
    return rewriting(endpoint, null, null, HeaderOps.NONE, HeaderOps.NONE);
  }

  static Attempt rewriting(
      InetSocketAddress endpoint,
      String pathAndQuery,
      String authority,
      HeaderOps request,
      HeaderOps response) {
    String ip = endpoint.getAddress().getHostAddress();
    Endpoint described =
        new Endpoint(
            ip + ":" + endpoint.getPort(),
            List.of(ip),
            Map.of("http", endpoint.getPort()),
            null,
            Health.READY,
            1,
            Locality.parse(""),
            Map.of());
    return new Attempt(described, ip, endpoint.getPort(), null, 1, Long.MAX_VALUE) {
      @Override
      public String pathAndQuery() {
        return pathAndQuery;
      }

      @Override
      public String authority() {
        return authority;
      }

      @Override
      public HeaderOps requestHeaders() {
        return request;
      }

      @Override
      public HeaderOps responseHeaders() {
        return response;
      }
    };
  }

  /** A call whose steps are written beforehand. */
  static class Call implements MeshCall {
    final RequestHead head;
    final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    final CountDownLatch released = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    private final Deque<Step> steps;
    private Predicate<Outcome> retry = outcome -> false;

    Call(RequestHead head, Step... steps) {
      this.head = head;
      this.steps = new ArrayDeque<>(List.of(steps));
    }

    Call retrying(Predicate<Outcome> when) {
      this.retry = when;
      return this;
    }

    @Override
    public Step next() {
      return steps.size() > 1 ? steps.remove() : steps.element();
    }

    @Override
    public Verdict finish(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      return retry.test(outcome) && head.repeatable() ? Verdict.RETRY : Verdict.DELIVER;
    }

    @Override
    public synchronized Verdict broken(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      return retry.test(outcome) ? Verdict.RETRY : Verdict.DELIVER;
    }

    @Override
    public void release(Attempt attempt) {
      released.countDown();
    }

    @Override
    public void cancel() {
      cancelled.countDown();
    }
  }
}
