package dev.meshagent.runtime;

import dev.meshagent.engine.Clock;
import dev.meshagent.engine.Engine;
import dev.meshagent.engine.EngineSettings;
import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.Subscriptions;
import dev.meshagent.engine.balance.Peers;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.runtime.config.AgentConfig;
import dev.meshagent.runtime.control.ControlClient;
import dev.meshagent.runtime.control.ControlLoop;
import dev.meshagent.runtime.control.ControlThread;
import dev.meshagent.runtime.control.ControlTransport;
import dev.meshagent.runtime.control.Greeting;
import dev.meshagent.runtime.control.PolicyCache;
import dev.meshagent.runtime.control.PolicySink;
import dev.meshagent.runtime.control.ProcessIdentity;
import dev.meshagent.runtime.control.ShutdownOrder;
import dev.meshagent.runtime.control.WebSocketTransport;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.readiness.Probe;
import dev.meshagent.runtime.readiness.Prober;
import dev.meshagent.runtime.registration.ListenerRegistry;
import dev.meshagent.runtime.registration.Reach;
import dev.meshagent.runtime.registration.Workload;
import dev.meshagent.runtime.registration.WorkloadRules;
import dev.meshagent.runtime.telemetry.AgentErrors;
import dev.meshagent.runtime.telemetry.Telemetry;
import dev.meshagent.runtime.thread.DaemonThreads;
import dev.meshagent.runtime.websocket.Trust;
import dev.meshagent.spi.Mesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Puts the running agent together: engine, control stream, registration and telemetry.
 *
 * <pre>
 *   advice ──▶ Mesh ──▶ engine ──want──▶ control client ◀──▶ controller
 *     │                   ▲                │    │
 *     │                   └─names,snapshots┘    │
 *     └──▶ listeners ──accepting sockets──▶ workload
 * </pre>
 */
public final class MeshRuntime {
  /** The most that the JVM's exit is held up. */
  private static final long EXIT_MILLIS = 2_000;

  private final AgentErrors errors = new AgentErrors();
  private final ControlLoop loop = new ControlThread(errors);
  private final ListenerRegistry listeners = new ListenerRegistry(new ListenersChanged());
  private final Engine engine;
  private final ControlClient control;

  private MeshRuntime(AgentConfig config, long premainNanos) {
    EngineSettings settings =
        new EngineSettings(
            config.namespace,
            config.locality,
            config.labels,
            premainNanos + config.startupWaitNanos,
            config.startupWaitNanos);
    engine = new Engine(new SystemClock(), new ThreadRandomness(), settings, new Wanted());
    PolicyCache cache =
        config.cacheDir == null
            ? null
            : new PolicyCache(
                config.cacheDir,
                config.controller.getAuthority(),
                config.namespace,
                config.service,
                disk());
    ControlTransport transport =
        new WebSocketTransport(
            loop, config.controller, Trust.of(config.controllerCa), config.token);
    Greeting greeting = Greeting.of(config, ProcessIdentity.draw(), version());
    WorkloadRules rules = new WorkloadRules(config, System.getProperties());
    control =
        new ControlClient(
            loop, transport, greeting, new Surroundings(rules), new EngineSink(engine), cache);
  }

  /**
   * Starts the agent's work and returns; connecting goes on beside it.
   *
   * @param premainNanos {@link System#nanoTime} when the JVM entered the agent
   * @param instrumentation puts the exit's announcement before the application's shutdown hooks
   */
  public static MeshRuntime start(
      AgentConfig config, long premainNanos, Instrumentation instrumentation) {
    MeshRuntime runtime = new MeshRuntime(config, premainNanos);
    Mesh.install(
        new RunningMesh(
            runtime.engine, new TimerThread(runtime.errors), runtime.listeners, runtime.errors));
    runtime.control.start();
    boolean first = ShutdownOrder.runFirst(instrumentation, runtime.new Exit());
    Log.debug(
        "the exit will be announced "
            + (first ? "before" : "beside")
            + " the application's shutdown hooks");
    return runtime;
  }

  /** One daemon thread, there only while there is something to write. */
  private static Executor disk() {
    ThreadPoolExecutor disk =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<Runnable>(),
            new DaemonThreads("mesh-agent-cache"));
    disk.allowCoreThreadTimeOut(true);
    return disk;
  }

  /** Holds the JVM's exit up until the callers know of it; never throws. */
  private void announceExit() {
    CountDownLatch announced = new CountDownLatch(1);
    try {
      control.exit(
          new Runnable() {
            @Override
            public void run() {
              announced.countDown();
            }
          });
      announced.await(EXIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      errors.count("exit", e);
    }
  }

  /** A call needs a service that was not called before. */
  private final class Wanted implements Subscriptions {
    @Override
    public void want(ServiceId service) {
      control.want(service);
    }
  }

  /** A socket began to accept, or was closed, or the process became ready or ceased to be. */
  private final class ListenersChanged implements Runnable {
    @Override
    public void run() {
      control.listenersChanged();
    }
  }

  /** The JVM is about to end. */
  private final class Exit implements Runnable {
    @Override
    public void run() {
      announceExit();
    }
  }

  private static String version() {
    try (InputStream resource = MeshRuntime.class.getResourceAsStream("version.txt")) {
      if (resource != null) {
        return new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))
            .readLine();
      }
    } catch (IOException e) {
      // Nothing depends on it.
    }
    return "unknown";
  }

  /** What the control client asks of the rest of the agent. */
  private final class Surroundings implements ControlClient.Surroundings, Telemetry.Source {
    private final WorkloadRules rules;
    private final Telemetry telemetry;
    private final Prober prober = new Prober(new ListenersChanged(), errors);

    Surroundings(WorkloadRules rules) {
      this.rules = rules;
      this.telemetry = new Telemetry(this, errors);
    }

    @Override
    public Workload workload(Reach reach) {
      listeners.expunge();
      return rules
          .workload(listeners.accepting(), listeners.protocols(), reach)
          .probed(prober.ready());
    }

    @Override
    public void probe(Probe probe) {
      prober.use(probe);
    }

    @Override
    public String takeTelemetry(long unknownFields) {
      return telemetry.take(unknownFields);
    }

    @Override
    public IntervalReport takeInterval() {
      return engine.takeInterval();
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void called(ServiceId service) {
      control.used(service);
    }
  }

  /** The engine as the end of the control stream. */
  private static final class EngineSink implements PolicySink {
    private final Engine engine;

    EngineSink(Engine engine) {
      this.engine = engine;
    }

    @Override
    public void names(NameTable names) {
      engine.names(names);
    }

    @Override
    public void rememberedNames(NameTable names) {
      engine.rememberedNames(names);
    }

    @Override
    public void snapshot(ServiceSnapshot snapshot) {
      engine.snapshot(snapshot);
    }

    @Override
    public void peers(int index, int count) {
      engine.peers(new Peers(index, count));
    }

    @Override
    public void forget(ServiceId service) {
      engine.forget(service);
    }
  }

  /** The time of a running engine. */
  private static final class SystemClock implements Clock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }
  }

  /** The chances of a running engine: without contention between threads. */
  private static final class ThreadRandomness implements Randomness {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return ThreadLocalRandom.current().nextInt(bound);
    }
  }
}
