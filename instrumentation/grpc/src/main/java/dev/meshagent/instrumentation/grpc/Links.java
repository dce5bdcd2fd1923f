package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.snapshot.Endpoint;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a channel to the endpoints of a service: made when the first call for an
 * endpoint comes, and closed when nothing was sent for long. Runs in the channel's synchronization
 * context, but for {@link #link}, which any thread calls.
 */
final class Links {
  /** gRPC's own: a channel without calls idles after so long. */
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(30);

  private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Helper helper;
  private final MeshLoadBalancer balancer;
  private final Map<String, Link> links = new ConcurrentHashMap<>();

  /** By uid, for most endpoints have one; finding it so makes no key of the three. */
  private final Map<String, Link> newest = new ConcurrentHashMap<>();

  private ScheduledHandle sweep;
  private boolean failed;
  private boolean shutdown;

  Links(Helper helper, MeshLoadBalancer balancer) {
    this.helper = helper;
    this.balancer = balancer;
  }

  Collection<Link> all() {
    return links.values();
  }

  /** The connection for an attempt, which is begun if there is none; from any thread. */
  Link link(String host, Attempt attempt) {
    return link(
        host,
        attempt.endpoint,
        attempt.address,
        attempt.port,
        attempt.connectTimeoutNanos(),
        attempt.idleTimeoutNanos());
  }

  /**
   * The connection to an endpoint.
   *
   * @param host the name that the application wrote
   */
  Link link(
      String host,
      Endpoint endpoint,
      String ip,
      int port,
      long connectTimeoutNanos,
      long idleTimeoutNanos) {
    Link known = newest.get(endpoint.uid);
    if (known != null && known.serves(ip, port)) {
      return known;
    }
    String key = endpoint.uid + ' ' + ip + ' ' + port;
    known = links.get(key);
    if (known != null) {
      return known;
    }
    SocketAddress address = Addresses.of(host, ip, port);
    Link made =
        new Link(
            balancer, key, endpoint.uid, ip, port, address, connectTimeoutNanos, idleTimeoutNanos);
    known = links.putIfAbsent(key, made);
    if (known != null) {
      return known;
    }
    newest.put(endpoint.uid, made);
    // Later, since the caller holds its call's lock: whoever asked drains.
    balancer.executeLater(() -> open(made));
    return made;
  }

  private void open(Link link) {
    try {
      if (shutdown) {
        link.close();
        return;
      }
      if (link.address == null) {
        link.fail(Status.UNAVAILABLE.withDescription("not an IP address"));
        return;
      }
      link.connect(
          helper.createSubchannel(
              CreateSubchannelArgs.newBuilder()
                  .setAddresses(new EquivalentAddressGroup(link.address))
                  .build()));
      if (link.connectTimeoutNanos != Long.MAX_VALUE) {
        balancer.later(link::timeOut, link.connectTimeoutNanos);
      }
      balancer.publish();
    } catch (RuntimeException | LinkageError e) {
      balancer.error("grpc.connect", e);
      link.fail(Status.UNAVAILABLE.withCause(e));
    }
  }

  /** One of them is ready. */
  void ready() {
    failed = false;
  }

  /** One of them is over. */
  void ended(Link link) {
    links.remove(link.key, link);
    newest.remove(link.uid, link);
    failed |= link.state() == Link.State.FAILED;
  }

  /** Begins to close those that are not used. */
  void watch() {
    if (sweep == null) {
      sweep = balancer.later(this::sweep, SWEEP_NANOS);
    }
  }

  private void sweep() {
    sweep = balancer.later(this::sweep, SWEEP_NANOS);
    for (Link link : links.values()) {
      if (link.unusedFor(Math.min(link.idleTimeoutNanos, IDLE_NANOS))) {
        link.close();
      }
    }
  }

  /** What they make of the channel. */
  ConnectivityState state() {
    boolean connecting = false;
    for (Link link : links.values()) {
      if (link.state() == Link.State.READY) {
        return ConnectivityState.READY;
      }
      connecting |= link.state() == Link.State.CONNECTING;
    }
    if (connecting) {
      return ConnectivityState.CONNECTING;
    }
    return failed ? ConnectivityState.TRANSIENT_FAILURE : ConnectivityState.IDLE;
  }

  void shutdown() {
    shutdown = true;
    if (sweep != null) {
      sweep.cancel();
    }
    for (Link link : links.values()) {
      link.close();
    }
  }
}
