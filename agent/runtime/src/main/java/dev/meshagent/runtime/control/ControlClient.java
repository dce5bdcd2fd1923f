package dev.meshagent.runtime.control;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.runtime.log.Log;
import dev.meshagent.runtime.readiness.Probe;
import dev.meshagent.runtime.registration.Reach;
import dev.meshagent.runtime.registration.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The agent's end of the control stream (docs/control-protocol.md): it connects, and connects again
 * for as long as the process lives, says who the process is, what it serves and what it wants, and
 * hands on what it is told. Without a controller the process goes on with what it has.
 *
 * <p>All state belongs to the control loop. {@link #start}, {@link #want}, {@link
 * #listenersChanged} and {@link #exit} may be called from any thread; they queue and return.
 */
public final class ControlClient {
  /** Until the controller says otherwise. */
  private static final long DEFAULT_LEASE_NANOS = 15_000_000_000L;

  static final long TICK_NANOS = 1_000_000_000L;

  /** A connection that lasted so long is not the cause if the next one fails. */
  private static final long SETTLED_NANOS = 5_000_000_000L;

  /** A service that was called for the first time is cached when its snapshot is likely there. */
  static final long CACHE_DELAY_NANOS = 1_000_000_000L;

  /** Other changes wait so long since the last write: endpoints of a large mesh always change. */
  static final long CACHE_INTERVAL_NANOS = 10_000_000_000L;

  private final ControlLoop loop;
  private final ControlTransport transport;
  private final Greeting greeting;
  private final Surroundings surroundings;
  private final PolicyCache cache;
  private final HeldPolicy policy;
  private final Backoff backoff = new Backoff();
  private final Set<ServiceId> called = new LinkedHashSet<>();

  private Session session;
  private boolean everConnected;
  private boolean lossSaid;
  private boolean exiting;
  private ControlLoop.Timer caching;
  private long cachedNanos;
  private boolean everCached;

  /** What the client asks of the rest of the agent. Called on the control loop. */
  public interface Surroundings {
    /** What this process serves, as far as it can be reached in this way. */
    Workload workload(Reach reach);

    /**
     * Finds out from now on by this probe whether the process is ready, which {@link #workload}
     * then says.
     *
     * @param probe null for none
     */
    void probe(Probe probe);

    /**
     * What happened since this was last asked, as a frame.
     *
     * @return null if there is nothing to tell
     */
    String takeTelemetry(long unknownFields);
  }

  /**
   * @param cache null for none
   */
  public ControlClient(
      ControlLoop loop,
      ControlTransport transport,
      Greeting greeting,
      Surroundings surroundings,
      PolicySink sink,
      PolicyCache cache) {
    this.loop = loop;
    this.transport = transport;
    this.greeting = greeting;
    this.surroundings = surroundings;
    this.cache = cache;
    this.policy = new HeldPolicy(sink, new SnapshotCodec());
  }

  /** Takes what the cache holds and begins to connect. */
  public void start() {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            connect();
            restore();
          }
        });
  }

  /** A call needs this service: subscribe to it, now and on every later connection. */
  public void want(ServiceId service) {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            used(service);
            if (policy.want(service) && session != null && session.open) {
              session.send(OutgoingFrames.subscribe(Collections.singleton(service)));
            }
          }
        });
  }

  /**
   * The service was called: its snapshot is worth keeping for the next run. On the control loop.
   */
  public void used(ServiceId service) {
    if (called.add(service)) {
      if (caching != null) {
        caching.cancel();
      }
      cacheAfter(CACHE_DELAY_NANOS);
    }
  }

  /** A socket began to accept, or was closed, or the probe found otherwise than before. */
  public void listenersChanged() {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            if (session != null && session.open && !exiting) {
              session.register();
            }
          }
        });
  }

  /**
   * Announces the exit of this process: a workload drains first, then it leaves.
   *
   * @param done run on the control loop when nothing is left to say; at once without a controller
   */
  public void exit(Runnable done) {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            exiting = true;
            if (session == null || !session.open) {
              done.run();
            } else {
              session.exit(done);
            }
          }
        });
  }

  private void restore() {
    CachedPolicy cached = cache == null ? null : cache.read(new SnapshotCodec());
    if (cached != null) {
      try {
        policy.restore(cached);
      } catch (IllegalArgumentException e) {
        Log.debug("the cache names what can be no service and is ignored", e);
      }
    }
  }

  private void connect() {
    if (exiting) {
      return;
    }
    Session next = new Session();
    session = next;
    try {
      next.connection = transport.connect(next);
    } catch (RuntimeException | Error e) {
      // No thread to be had, or a JDK that is not whole: the next attempt may fare better.
      lost(next, e.toString(), false);
    }
  }

  private void lost(Session lost, String reason, boolean settled) {
    if (session != lost) {
      return;
    }
    session = null;
    if (settled) {
      backoff.reset();
    }
    if (!exiting) {
      if (!lossSaid) {
        lossSaid = true;
        Log.info(
            (everConnected ? "controller " : "no controller yet at ")
                + transport.controller()
                + (everConnected ? " lost (" : " (")
                + reason
                + "); going on with what is known and connecting again");
      }
      loop.schedule(
          new Runnable() {
            @Override
            public void run() {
              connect();
            }
          },
          backoff.next(loop.random()));
    }
  }

  private void scheduleCache() {
    if (caching == null) {
      long due = everCached ? cachedNanos + CACHE_INTERVAL_NANOS - loop.nanos() : 0;
      cacheAfter(Math.max(CACHE_DELAY_NANOS, due));
    }
  }

  private void cacheAfter(long delayNanos) {
    if (cache != null) {
      caching =
          loop.schedule(
              new Runnable() {
                @Override
                public void run() {
                  caching = null;
                  everCached = true;
                  cachedNanos = loop.nanos();
                  cache.write(policy.toCache(called));
                }
              },
              delayNanos);
    }
  }

  /** One connection, from the attempt to make it until its end. */
  private final class Session implements ControlTransport.Receiver {
    private ControlTransport.Connection connection;
    private boolean open;
    private long openedNanos;
    private Reach reach;
    private Workload registered;
    private long leaseNanos = DEFAULT_LEASE_NANOS;
    private long lastSentNanos;
    private ControlLoop.Timer ticking;
    private ExitAnnouncement exit;

    @Override
    public void opened(InetAddress local, InetAddress controller) {
      if (session != this || exiting) {
        connection.close();
        return;
      }
      open = true;
      openedNanos = loop.nanos();
      reach = new Reach(local, controller);
      registered = surroundings.workload(reach);
      policy.connected();
      send(OutgoingFrames.hello(greeting, policy.knownHashes(), registered));
      if (!policy.wanted().isEmpty()) {
        send(OutgoingFrames.subscribe(policy.wanted()));
      }
      sayWhatIsServed(Workload.NOTHING);
      scheduleTick();
    }

    @Override
    public void frame(String text) {
      if (session != this) {
        return;
      }
      try {
        take(new IncomingFrame(text));
      } catch (IOException e) {
        Log.warn("the controller sent what cannot be read; connecting again", e);
        connection.close();
      } catch (RuntimeException | Error e) {
        // Half taken, perhaps: what a new connection says makes it whole again.
        Log.error("what the controller sent cannot be taken; connecting again", e);
        connection.close();
      }
    }

    @Override
    public void closed(String reason) {
      boolean settled = open && loop.nanos() - openedNanos > SETTLED_NANOS;
      open = false;
      if (ticking != null) {
        ticking.cancel();
      }
      if (exit != null) {
        exit.closed();
      }
      lost(this, reason, settled);
    }

    void send(String frame) {
      lastSentNanos = loop.nanos();
      connection.send(frame);
    }

    void register() {
      Workload now = surroundings.workload(reach);
      if (!now.equals(registered)) {
        Workload before = registered;
        registered = now;
        sayWhatIsServed(before);
        send(OutgoingFrames.register(now));
      }
    }

    /** A changed primary port is news; the coming and going of the others is not. */
    private void sayWhatIsServed(Workload before) {
      String line = "registered as " + greeting.service + ": " + registered;
      boolean news =
          registered.isEmpty()
              ? !before.isEmpty()
              : before.isEmpty() || !before.ports.get(0).equals(registered.ports.get(0));
      if (news) {
        Log.info(line);
      } else if (!registered.equals(before)) {
        Log.debug(line);
      }
    }

    void exit(Runnable done) {
      sendTelemetry();
      exit = new ExitAnnouncement(loop, connection, done);
      exit.begin(!registered.isEmpty());
    }

    private void take(IncomingFrame frame) throws IOException {
      String type = frame.type();
      switch (type) {
        case "names":
          List<String> answers = policy.names(frame, loop.nanos(), leaseNanos);
          if (answers == null) {
            throw new IOException("a names frame does not follow the one before it");
          }
          sendAll(answers);
          break;
        case "service":
          send(policy.service(frame, loop.nanos(), leaseNanos));
          break;
        case "endpoints":
          send(policy.endpoints(frame));
          break;
        case "welcome":
          welcome(frame.scalars());
          break;
        case "peers":
          policy.peers(frame.scalars());
          break;
        case "probe":
          surroundings.probe(policy.probe(frame));
          break;
        case "drained":
          if (exit != null) {
            exit.drained();
          }
          break;
        case "error":
          error(frame.scalars());
          break;
        default:
          policy.countUnknown();
      }
      if (policy.takeChanged()) {
        scheduleCache();
      }
    }

    private void error(Map<String, String> error) {
      String line = "the controller says: " + error.get("message") + " (" + error.get("code") + ")";
      if ("stopping".equals(error.get("code"))) {
        Log.debug(line); // The close that follows is said, once.
      } else {
        Log.warn(line);
      }
    }

    private void welcome(Map<String, String> welcome) throws IOException {
      try {
        leaseNanos = Long.parseLong(welcome.get("leaseMillis")) * 1_000_000L;
      } catch (NumberFormatException e) {
        throw new IOException("welcome without a lease", e);
      }
      if (lossSaid || !everConnected) {
        Log.info(
            "controller "
                + welcome.get("controllerVersion")
                + " reached at "
                + transport.controller());
      }
      everConnected = true;
      lossSaid = false;
    }

    private void scheduleTick() {
      ticking =
          loop.schedule(
              new Runnable() {
                @Override
                public void run() {
                  tick();
                }
              },
              TICK_NANOS);
    }

    private void tick() {
      scheduleTick();
      sendAll(policy.expire(loop.nanos()));
      if (!exiting) {
        register();
      }
      sendTelemetry();
      if (loop.nanos() - lastSentNanos >= leaseNanos / 3 - TICK_NANOS / 2) {
        send(OutgoingFrames.RENEW);
      }
      if (policy.takeChanged()) {
        scheduleCache();
      }
    }

    private void sendTelemetry() {
      if (!connection.congested()) {
        String telemetry = surroundings.takeTelemetry(policy.unknownFields());
        if (telemetry != null) {
          send(telemetry);
        }
      }
    }

    private void sendAll(List<String> frames) {
      for (String frame : frames) {
        send(frame);
      }
    }
  }
}
