package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Connects where the engine places calls, and nowhere else: a connection is made when the first
 * call for its endpoint comes, and closed when the endpoint is gone or nothing was sent for long.
 * Which endpoint a stream goes to is its {@link Rpc}'s to say.
 *
 * <p>Runs in the channel's synchronization context, where an exception would take the channel out
 * of service; only {@link #link} and what wakes are called from any thread.
 */
final class MeshLoadBalancer extends LoadBalancer {
  /** gRPC's connection backoff (doc/connection-backoff.md): 1 s, 1.6 times more each time. */
  private static final long FIRST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MOST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Helper helper;
  private final SynchronizationContext context;
  private final Links links;

  private volatile MeshNameResolver resolver;
  private volatile boolean shutdown;

  /** True if something is to be done that no drain has begun with. */
  private volatile boolean due;

  private Set<String> uids = Collections.emptySet();
  private long backoffNanos = FIRST_BACKOFF_NANOS;
  private ScheduledHandle backoff;

  MeshLoadBalancer(Helper helper) {
    this.helper = helper;
    this.context = helper.getSynchronizationContext();
    this.links = new Links(helper, this);
  }

  /** A service without endpoints is no error: its calls wait or fail with the engine's message. */
  @Override
  public boolean canHandleEmptyAddressListFromNameResolution() {
    return true;
  }

  @Override
  public void handleResolvedAddresses(ResolvedAddresses resolved) {
    try {
      resolver = resolved.getAttributes().get(MeshNameResolver.RESOLVER);
      ServiceSnapshot snapshot = resolver.snapshot();
      Set<String> before = uids;
      uids = new HashSet<>();
      for (Endpoint endpoint : snapshot.endpoints) {
        uids.add(endpoint.uid);
      }
      for (Link link : links.all()) {
        if (before.contains(link.uid) && !uids.contains(link.uid)) {
          link.close();
        }
      }
      links.watch();
      publish();
    } catch (RuntimeException | LinkageError e) {
      error("grpc.addresses", e);
    }
  }

  @Override
  public void handleNameResolutionError(Status error) {
    // The mesh's resolver has none: the name left the mesh, and gRPC's own does not know it. Were
    // it known, gRPC would have replaced this balancer.
    helper.updateBalancingState(
        ConnectivityState.TRANSIENT_FAILURE, new Unresolved(PickResult.withError(error)));
  }

  /** The application wants the channel connected: to any of the endpoints will do. */
  @Override
  public void requestConnection() {
    MeshNameResolver known = resolver;
    ServiceSnapshot snapshot = known == null ? null : known.snapshot();
    if (snapshot == null || !links.all().isEmpty()) {
      return;
    }
    for (Endpoint endpoint : snapshot.endpoints) {
      int port = known.port(snapshot, endpoint);
      if (port != PortRule.NONE) {
        links.link(
            known.target.host, endpoint, endpoint.address, port, Long.MAX_VALUE, Long.MAX_VALUE);
        return;
      }
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    if (backoff != null) {
      backoff.cancel();
    }
    links.shutdown();
  }

  /** The connection for an attempt, which is begun if there is none; from any thread. */
  Link link(Attempt attempt) {
    return links.link(resolver.target.host, attempt);
  }

  void ready() {
    links.ready();
    backoffNanos = FIRST_BACKOFF_NANOS;
    publish();
  }

  void ended(Link link) {
    links.ended(link);
    publish();
  }

  /** Has gRPC ask again for all streams that wait. */
  void publish() {
    if (!shutdown) {
      helper.updateBalancingState(links.state(), new Picker());
    }
  }

  ScheduledHandle later(Runnable task, long nanos) {
    return context.schedule(
        task, nanos, TimeUnit.NANOSECONDS, helper.getScheduledExecutorService());
  }

  /** From any thread. */
  void pickAgainAfter(long nanos) {
    if (nanos != Long.MAX_VALUE && !shutdown) {
      later(this::publish, nanos);
    }
  }

  /** For calls that wait until there is somewhere to go; from any thread. */
  void pickAgainInAWhile() {
    executeLater(this::backOff);
  }

  private void backOff() {
    if (backoff != null && backoff.isPending() || shutdown) {
      return;
    }
    backoff = later(this::publish, backoffNanos);
    backoffNanos = Math.min(MOST_BACKOFF_NANOS, backoffNanos * 8 / 5);
  }

  /** What has gRPC ask again, from a thread of the engine's. */
  Runnable wake() {
    return () -> {
      try {
        helper.getScheduledExecutorService().execute(() -> context.execute(this::publish));
      } catch (RuntimeException e) {
        error("grpc.wake", e); // The executor is closed; so is the channel.
      }
    };
  }

  /** Has whoever drains next do a task; for callers that hold a lock. */
  void executeLater(Runnable task) {
    context.executeLater(task);
    due = true;
  }

  /** Does what is due; for almost every call that is nothing, and no other thread is disturbed. */
  private void drain() {
    if (due) {
      due = false;
      context.drain();
    }
  }

  void error(String place, Throwable error) {
    MeshNameResolver known = resolver;
    if (known != null) {
      known.mesh.agentError(place, error);
    }
  }

  /** What gRPC answers where a name is not resolved. */
  private static final class Unresolved extends SubchannelPicker {
    private final PickResult result;

    Unresolved(PickResult result) {
      this.result = result;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
      return result;
    }
  }

  /** Asks each stream's call. A new one for every change, since gRPC tells changes by identity. */
  private final class Picker extends SubchannelPicker {
    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
      MeshNameResolver known = resolver;
      if (known == null) {
        return PickResult.withNoResult();
      }
      try {
        Carrier carrier = Carrier.of(args.getCallOptions());
        return carrier == null
            ? Rpc.pickAlone(known, args, MeshLoadBalancer.this)
            : carrier.pick(args, MeshLoadBalancer.this);
      } catch (RuntimeException | LinkageError e) {
        error("grpc.pick", e);
        known.giveUp();
        return PickResult.withNoResult();
      } finally {
        drain();
      }
    }
  }
}
