package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.PortRule;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.spi.Mesh;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Resolves a channel's name by the mesh while it is a service's, and by the channel's own resolver
 * while it is not, changing over whenever that changes.
 *
 * <pre>
 *   UNDECIDED ──names and snapshot known──▶ INSIDE ◀──▶ OUTSIDE
 *       └──────no mesh name, or 1 s───────────────────────▲
 * </pre>
 *
 * <p>Everything but {@link #inside} runs in the channel's synchronization context.
 */
final class MeshNameResolver extends NameResolver {
  /** On the addresses of a service: the resolver that they come from. */
  static final Attributes.Key<MeshNameResolver> RESOLVER =
      Attributes.Key.create("dev.meshagent.resolver");

  private enum Mode {
    UNDECIDED,
    INSIDE,
    OUTSIDE
  }

  final Target target;
  final Args args;
  final Mesh mesh;

  /** How many copies of the channel's requests are under way. */
  final AtomicInteger copies = new AtomicInteger();

  /** Of the channel's calls; more than are likely to decide anything at the same time. */
  private final ReentrantLock[] locks = new ReentrantLock[16];

  private final Object[] arguments;
  private final Runnable changed = this::decideLater;

  private NameResolver original;
  private Listener2 listener;
  private ServiceSnapshot delivered;
  private ScheduledHandle timer;
  private boolean originalStarted;
  private boolean shutdown;
  private boolean gaveUp;
  private volatile Mode mode = Mode.UNDECIDED;

  private MeshNameResolver(
      Target target, Args args, Mesh mesh, Object[] arguments, NameResolver original) {
    this.target = target;
    this.args = args;
    this.mesh = mesh;
    this.arguments = arguments;
    this.original = original;
    for (int i = 0; i < locks.length; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /** A lock for a call, which shares it with others rather than bring one of its own. */
  ReentrantLock lock() {
    return locks[(int) Thread.currentThread().getId() & locks.length - 1];
  }

  /**
   * The resolver that a channel is to use.
   *
   * @param arguments of {@code ManagedChannelImpl.getNameResolver}: target, authority override,
   *     factory or provider, args
   * @return null for the one that gRPC chose
   */
  static Object around(Object[] arguments, Object resolver) {
    Mesh mesh = Mesh.get();
    if (mesh == null || arguments.length != 4) {
      return null;
    }
    Args args = (Args) arguments[3];
    Target target =
        Target.parse(
            arguments[0].toString(),
            ((Factory) arguments[2]).getDefaultScheme(),
            args.getDefaultPort() == 443);
    return target == null || Hosts.neverMesh(target.host)
        ? null
        : new MeshNameResolver(target, args, mesh, arguments, (NameResolver) resolver);
  }

  /** True while the name is a service's. */
  boolean inside() {
    return mode == Mode.INSIDE;
  }

  /** What was last delivered of the service; in the synchronization context. */
  ServiceSnapshot snapshot() {
    return delivered;
  }

  @Override
  public String getServiceAuthority() {
    return original.getServiceAuthority();
  }

  @Override
  public void start(Listener2 newListener) {
    listener = newListener;
    gaveUp = proxied();
    if (!gaveUp) {
      mesh.watch(changed);
    }
    decide();
  }

  /** A channel that goes through a proxy is the proxy's business. */
  private boolean proxied() {
    int port = target.port < 0 ? args.getDefaultPort() : target.port;
    try {
      return args.getProxyDetector().proxyFor(InetSocketAddress.createUnresolved(target.host, port))
          != null;
    } catch (Exception e) {
      return true; // The original resolver meets it again, and reports it as gRPC does.
    }
  }

  /** Looks again what the name means, from any thread. */
  void decideLater() {
    execute(() -> args.getSynchronizationContext().execute(this::decide));
  }

  /** Runs a task on a thread of the channel's; from any thread. */
  void execute(Runnable task) {
    Executor offload = args.getOffloadExecutor();
    try {
      (offload == null ? args.getScheduledExecutorService() : offload).execute(task);
    } catch (RuntimeException e) {
      mesh.agentError("grpc.execute", e); // The channel's executor is closed; so is the channel.
    }
  }

  /** Leaves the channel to gRPC for good, after an error of the agent. */
  void giveUp() {
    args.getSynchronizationContext()
        .execute(
            () -> {
              gaveUp = true;
              decide();
            });
  }

  private void decide() {
    if (shutdown || listener == null) {
      return;
    }
    try {
      HostMeaning meaning = gaveUp ? HostMeaning.OUTSIDE : mesh.meaning(target.host);
      if (meaning.snapshot != null) {
        goInside(meaning.snapshot);
      } else if (meaning.undecidedNanos == 0) {
        goOutside();
      } else if (mode == Mode.UNDECIDED && timer == null) {
        timer =
            args.getSynchronizationContext()
                .schedule(
                    this::timeIsUp,
                    meaning.undecidedNanos,
                    TimeUnit.NANOSECONDS,
                    args.getScheduledExecutorService());
      }
    } catch (RuntimeException | ReflectiveOperationException | LinkageError e) {
      // Nothing may be thrown here: gRPC would take the channel out of service.
      mesh.agentError("grpc.resolve", e);
      if (!originalStarted) {
        mode = Mode.OUTSIDE;
        originalStarted = true;
        original.start(listener);
      }
    }
  }

  private void timeIsUp() {
    timer = null;
    decide();
  }

  private void goInside(ServiceSnapshot snapshot) throws ReflectiveOperationException {
    if (mode == Mode.INSIDE && snapshot == delivered) {
      return;
    }
    if (mode == Mode.OUTSIDE) {
      original.shutdown();
    }
    mode = Mode.INSIDE;
    delivered = snapshot;
    Channels.deliver(
        listener,
        ResolutionResult.newBuilder()
            .setAddresses(addresses(snapshot))
            .setAttributes(Attributes.newBuilder().set(RESOLVER, this).build())
            .build());
  }

  private void goOutside() throws ReflectiveOperationException {
    if (mode == Mode.OUTSIDE) {
      return;
    }
    if (originalStarted) {
      // It was shut down when the name entered the mesh, and cannot be started twice.
      Object again = Channels.resolverAgain(NameResolver.class.getClassLoader(), arguments);
      original =
          again instanceof MeshNameResolver
              ? ((MeshNameResolver) again).original
              : (NameResolver) again;
    }
    mode = Mode.OUTSIDE;
    originalStarted = true;
    delivered = null;
    original.start(listener);
  }

  /** Where the service is, for who looks into the channel; each call is placed by the engine. */
  private List<EquivalentAddressGroup> addresses(ServiceSnapshot snapshot) {
    List<EquivalentAddressGroup> addresses = new ArrayList<>();
    for (Endpoint endpoint : snapshot.endpoints) {
      int port = port(snapshot, endpoint);
      SocketAddress address =
          port == PortRule.NONE ? null : Addresses.of(target.host, endpoint.address, port);
      if (address != null) {
        addresses.add(new EquivalentAddressGroup(address));
      }
    }
    return addresses;
  }

  /** The port that the target means on an endpoint, or {@link PortRule#NONE}. */
  int port(ServiceSnapshot snapshot, Endpoint endpoint) {
    PortRule ports = new PortRule(snapshot.ports, snapshot.endpoints);
    return ports.target(ports.key(target.scheme(), target.port), endpoint);
  }

  @Override
  public void refresh() {
    if (mode == Mode.OUTSIDE) {
      original.refresh();
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    mesh.unwatch(changed);
    if (timer != null) {
      timer.cancel();
    }
    if (mode != Mode.INSIDE || !originalStarted) {
      original.shutdown();
    }
  }
}
