package dev.meshagent.controller;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import dev.meshagent.controller.access.AccessSettings;
import dev.meshagent.controller.access.Certificate;
import dev.meshagent.controller.access.HandshakeLog;
import dev.meshagent.controller.access.Tokens;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.compile.Meaning;
import dev.meshagent.controller.explain.ConvergenceApi;
import dev.meshagent.controller.explain.ExplainApi;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.loop.SerialLoop;
import dev.meshagent.controller.names.DnsResolver;
import dev.meshagent.controller.names.NameLookups;
import dev.meshagent.controller.names.Resolver;
import dev.meshagent.controller.push.Census;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.DirectoryListener;
import dev.meshagent.controller.push.PolicyFeed;
import dev.meshagent.controller.push.StatusFeed;
import dev.meshagent.controller.registry.RegistryLog;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.rest.BackupApi;
import dev.meshagent.controller.rest.ChangeApi;
import dev.meshagent.controller.rest.EffectReport;
import dev.meshagent.controller.rest.EndpointAddresses;
import dev.meshagent.controller.rest.Gate;
import dev.meshagent.controller.rest.KubeApi;
import dev.meshagent.controller.rest.LiveServices;
import dev.meshagent.controller.rest.LiveWorkloads;
import dev.meshagent.controller.rest.MeshApi;
import dev.meshagent.controller.rest.MetricsApi;
import dev.meshagent.controller.rest.OpenApi;
import dev.meshagent.controller.rest.Overlong;
import dev.meshagent.controller.rest.Probes;
import dev.meshagent.controller.rest.ReadOnly;
import dev.meshagent.controller.rest.RootApi;
import dev.meshagent.controller.rest.WriteQueue;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.store.journal.Journal;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.store.journal.MemoryJournal;
import dev.meshagent.controller.store.journal.SqliteJournal;
import dev.meshagent.controller.stream.AgentSessions;
import dev.meshagent.controller.stream.ControlStreamService;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.controller.write.History;
import dev.meshagent.controller.write.ResourceWriter;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running controller: the registry, the directory and the sessions on one loop, and the server
 * that lets agents and people in.
 */
public final class Controller implements AutoCloseable {
  /** Requests may end within this when the controller stops. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final Duration REQUESTS_AT_MOST = Duration.ofMillis(300);

  private static final Duration STOP_AT_MOST = Duration.ofMillis(1_500);

  /** I/O is little: the loop does the work. */
  private static final int WORKERS = 2;

  /** Long lists are written here. */
  private static final int READERS = 2;

  private static final String STORE_FILE = "mesh.db";

  private static final int SWEEPS_IN_A_LEASE = 30;

  private final SerialLoop loop;
  private final AgentSessions sessions;
  private final Server server;
  private final EventLoopGroup workers;
  private final WriteQueue queue;
  private final JournaledStore store;
  private final HostPort listening;

  private Controller(
      SerialLoop loop,
      AgentSessions sessions,
      Server server,
      EventLoopGroup workers,
      WriteQueue queue,
      JournaledStore store,
      HostPort listening) {
    this.loop = loop;
    this.sessions = sessions;
    this.server = server;
    this.workers = workers;
    this.queue = queue;
    this.store = store;
    this.listening = listening;
  }

  /**
   * Starts a controller and returns when it listens.
   *
   * @throws IOException if the data directory cannot be used or the address not be listened on
   */
  public static Controller start(ControllerSettings settings) throws IOException {
    return start(settings, Optional.empty());
  }

  /**
   * The same, for tests.
   *
   * @param resolver of the names that policy gives as addresses; empty for this machine's own
   */
  static Controller start(ControllerSettings settings, Optional<Resolver> resolver)
      throws IOException {
    Optional<Tokens> tokens = Optional.empty();
    if (settings.access().tokens().isPresent()) {
      tokens = Optional.of(Tokens.read(settings.access().tokens().get()));
    }
    ResourceVersions versions =
        settings.data().isPresent()
            ? ResourceVersions.in(settings.data().get())
            : ResourceVersions.inMemory(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
    SerialLoop loop = new SerialLoop();
    ControllerVersion version = ControllerVersion.current();
    long lease = settings.lease().toNanos();
    WorkloadRegistry registry = new WorkloadRegistry(loop, lease, versions);
    String epoch = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Directory directory = new Directory(loop, registry, epoch);
    Edges edges = new Edges(loop);
    AgentSessions sessions =
        new AgentSessions(loop, registry, directory, edges, version.version(), lease);
    registry.listen(new RegistryLog());
    registry.listen(directory);
    EndpointAddresses addresses = new EndpointAddresses(directory);
    registry.listen(addresses);
    directory.listen(sessions);

    JournaledStore store = openStore(settings.data(), versions, loop);
    Catalog catalog = new Catalog(store, versions);
    LiveWorkloads workloads = new LiveWorkloads(catalog, registry, directory::membership);
    registry.listen(workloads);
    directory.listen(workloads);
    directory.listen(new LiveServices(catalog, directory, loop.now()));
    EventLoopGroup workers = EventLoopGroups.newEventLoopGroup(WORKERS, "mesh-controller-io");
    lookUpNames(loop, directory, resolver.orElseGet(() -> new DnsResolver(workers.next())));
    PolicyFeed feed = new PolicyFeed(loop, directory);
    store.watch(all -> feed.start(all, store.version()), feed);
    directory.whenCompiled(StatusFeed.to(catalog, loop, directory)::changed);
    ResourceWriter writer =
        new ResourceWriter(store, catalog, new Meaning(workloads::services), loop::now);
    WriteQueue queue = new WriteQueue();

    HostPort listen = settings.listen();
    ServerBuilder builder =
        Server.builder()
            .port(
                new ServerPort(
                    new InetSocketAddress(listen.host(), listen.port()),
                    settings.access().tls() ? SessionProtocol.HTTPS : SessionProtocol.HTTP))
            .gracefulShutdownTimeout(QUIET, REQUESTS_AT_MOST)
            .workerGroup(workers, false)
            .blockingTaskExecutor(READERS)
            .errorHandler(new Overlong())
            .meterRegistry(new CompositeMeterRegistry())
            .service("/metrics", new MetricsApi(loop, registry, directory, sessions, edges))
            .service(ExplainApi.PATH, new ExplainApi(loop, directory))
            .service(ConvergenceApi.PATH, new ConvergenceApi(loop, directory, store::version))
            .service(BackupApi.PATH, new BackupApi(store, settings.data()))
            .serviceUnder("/mesh", new MeshApi(loop, registry, sessions, edges, addresses));
    ControlStreamService.addTo(builder, loop, sessions);
    new Probes(loop, version).addTo(builder);
    new OpenApi().addTo(builder);
    EffectReport effects = new EffectReport(loop, new Census(directory, registry));
    new ChangeApi(writer, new History(store), queue, effects).addTo(builder);
    new KubeApi(catalog, writer, queue).addTo(builder);
    RootApi.addTo(builder);
    builder.decorator(ReadOnly::serve);
    tokens.ifPresent(known -> builder.decorator(new Gate(known)::serve));
    protect(builder, settings);
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      loop.close();
      queue.close();
      store.close();
      workers.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      throw new IOException("cannot listen on " + listen + ": " + cause.getMessage(), cause);
    }
    sweep(loop, lease / SWEEPS_IN_A_LEASE, registry, directory, sessions, edges);
    return new Controller(
        loop,
        sessions,
        server,
        workers,
        queue,
        store,
        new HostPort(listen.host(), server.activeLocalPort()));
  }

  private static void lookUpNames(Loop loop, Directory directory, Resolver resolver) {
    NameLookups lookups = new NameLookups(loop, resolver, directory::resolved);
    directory.listen(
        new DirectoryListener() {
          @Override
          public void regrouped() {
            lookups.want(directory.membership().names());
          }
        });
  }

  private static void protect(ServerBuilder builder, ControllerSettings settings)
      throws IOException {
    AccessSettings access = settings.access();
    if (!access.tls()) {
      return;
    }
    HandshakeLog log = new HandshakeLog();
    // Before the last handler, which would log what reaches it.
    builder.childChannelPipelineCustomizer(
        pipeline -> pipeline.addBefore(pipeline.lastContext().name(), null, log));
    if (access.certificate().isPresent()) {
      builder.tls(
          TlsKeyPair.of(access.key().orElseThrow().toFile(), access.certificate().get().toFile()));
    } else {
      builder.tls(Certificate.own(settings.data().orElseThrow(), settings.listen().host()));
    }
  }

  private static JournaledStore openStore(Optional<Path> data, ResourceVersions versions, Loop loop)
      throws IOException {
    try {
      Journal journal =
          data.isPresent()
              ? SqliteJournal.open(data.get().resolve(STORE_FILE))
              : new MemoryJournal();
      versions.startAfter(journal.version());
      return new JournaledStore(journal, versions, loop::now);
    } catch (StoreFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void sweep(
      Loop loop,
      long everyNanos,
      WorkloadRegistry registry,
      Directory directory,
      AgentSessions sessions,
      Edges edges) {
    loop.schedule(
        () -> {
          try {
            sessions.sweep();
            registry.sweep();
            directory.sweep();
            edges.sweep();
          } finally {
            sweep(loop, everyNanos, registry, directory, sessions, edges);
          }
        },
        everyNanos);
  }

  /** Where it listens, with the port that was chosen. */
  public HostPort listening() {
    return listening;
  }

  /**
   * Tells agents that it goes, lets requests end, and stops listening; returns when that is done,
   * at most some seconds later.
   */
  @Override
  public void close() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    loop.execute(
        () -> {
          sessions.closeAll();
          told.complete(null);
        });
    await(told);
    // The port is free after the quiet time; the acceptor's own two seconds are not waited for.
    await(server.stop());
    queue.close();
    store.close();
    workers.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    loop.close();
  }

  private static void await(CompletableFuture<Void> step) {
    try {
      step.get(STOP_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // What has not ended by now is cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
