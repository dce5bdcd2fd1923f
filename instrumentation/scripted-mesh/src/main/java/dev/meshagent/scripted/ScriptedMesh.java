package dev.meshagent.scripted;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.spi.Listeners;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** A mesh whose engine answers what the test says, by host name. */
public final class ScriptedMesh extends TestMesh {
  private final Map<String, Function<RequestHead, Call>> services = new ConcurrentHashMap<>();

  /** Every call that was opened, in order. */
  public final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Calls of that host go to those endpoints in turn, one call one turn; nothing is retried. */
  public void service(String host, InetSocketAddress... endpoints) {
    AtomicInteger turn = new AtomicInteger();
    script(
        host,
        head -> new Call(head).then(attempt(endpoints[turn.getAndIncrement() % endpoints.length])));
  }

  /** What is to happen to calls of that host. */
  public void script(String host, Function<RequestHead, Call> script) {
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

  /** Each name that has a script is undecided until its call is opened. */
  @Override
  public HostMeaning meaning(String host) {
    return services.containsKey(host) ? HostMeaning.undecided(1) : HostMeaning.OUTSIDE;
  }

  @Override
  public Listeners listeners() {
    throw new UnsupportedOperationException("the client registers nothing");
  }

  /** An attempt at that endpoint, without a limit. */
  public static ScriptedAttempt attempt(InetSocketAddress endpoint) {
    return attempt(endpoint, Long.MAX_VALUE);
  }

  /** An attempt that may take so long. */
  public static ScriptedAttempt attempt(InetSocketAddress endpoint, long timeoutNanos) {
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
    return new ScriptedAttempt(described, ip, endpoint.getPort(), timeoutNanos);
  }

  /** A call whose steps are written beforehand. */
  public static class Call implements MeshCall {
    public final RequestHead head;
    private final Deque<Step> steps = new ArrayDeque<>();
    public final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    public final CountDownLatch released = new CountDownLatch(1);
    public final CountDownLatch cancelled = new CountDownLatch(1);
    private Predicate<Outcome> retry = outcome -> false;

    public Call(RequestHead head) {
      this.head = head;
    }

    /** The next step; the last one is answered for ever. */
    public Call then(Step step) {
      steps.add(step);
      return this;
    }

    /** The outcomes that are not delivered. */
    public Call retrying(Predicate<Outcome> retry) {
      this.retry = retry;
      return this;
    }

    @Override
    public synchronized Step next() {
      return steps.size() > 1 ? steps.remove() : steps.element();
    }

    @Override
    public synchronized Verdict finish(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      return retry.test(outcome) ? Verdict.RETRY : Verdict.DELIVER;
    }

    @Override
    public synchronized Verdict broken(Attempt attempt, Outcome outcome) {
      outcomes.add(outcome);
      if (retry.test(outcome)) {
        return Verdict.RETRY;
      }
      released.countDown();
      return Verdict.DELIVER;
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
