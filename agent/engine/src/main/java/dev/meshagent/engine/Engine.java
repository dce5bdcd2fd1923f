package dev.meshagent.engine;

import dev.meshagent.engine.balance.Peers;
import dev.meshagent.engine.call.HostMeaning;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.Scratch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine's door: opens calls, and takes names and snapshots. Thread-safe; nothing blocks, and
 * opening a call takes no lock. {@link #takeInterval} is for one caller at a time.
 */
public final class Engine {
  /** Hosts beyond this many are looked up in the table each time, so that memory stays bounded. */
  private static final int REMEMBERED_HOSTS = 4096;

  final Clock clock;
  final Randomness random;
  final EngineSettings settings;
  final Source source;

  private final Subscriptions subscriptions;
  private final ConcurrentHashMap<ServiceId, ServiceState> services = new ConcurrentHashMap<>();
  private final Wakeups firstNames = new Wakeups();
  private final ChangeWatchers watchers = new ChangeWatchers();

  /** For {@link #takeInterval} alone. */
  private final Scratch scratch = new Scratch();

  private volatile Peers peers = Peers.UNKNOWN;

  /** Null until the first table. */
  private volatile Names names;

  /** Names of an earlier run, which answer until the first table; null where there are none. */
  private volatile Names remembered;

  /** A table of names and what it has said about the hosts that were asked for. */
  static final class Names {
    final NameTable table;
    final ConcurrentHashMap<String, Answer> asked = new ConcurrentHashMap<>();

    Names(NameTable table) {
      this.table = table;
    }
  }

  /** A service, or none: maps hold no null. */
  private static final class Answer {
    static final Answer NOBODY = new Answer(null);
    final ServiceState service;

    Answer(ServiceState service) {
      this.service = service;
    }
  }

  public Engine(
      Clock clock, Randomness random, EngineSettings settings, Subscriptions subscriptions) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.random = Objects.requireNonNull(random, "random");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.source = new Source(settings.callerNamespace, settings.labels);
    this.subscriptions = Objects.requireNonNull(subscriptions, "subscriptions");
  }

  /**
   * Opens a call.
   *
   * @param library the instrumentation's name, for telemetry
   * @return null if the host is no mesh name: the call is to be left alone
   */
  public MeshCall open(String library, RequestHead head) {
    Names known = names;
    String host = head.host();
    if (known == null) {
      if (Hosts.neverMesh(host)) {
        return null;
      }
      long now = clock.nanos();
      ServiceState service = remember(host, now);
      return service != null || settings.namesDeadlineNanos - now > 0
          ? new EngineCall(this, library, head, service)
          : null;
    }
    if (host == null) {
      return null;
    }
    Answer answer = known.asked.get(host);
    if (answer == Answer.NOBODY) {
      return null;
    }
    ServiceState service = answer == null ? resolve(known, host, clock.nanos()) : answer.service;
    return service == null ? null : new EngineCall(this, library, head, service);
  }

  /**
   * What a host means now, for a library that resolves names ahead of its calls; the snapshot of a
   * service is asked for by that. Never blocks.
   */
  public HostMeaning meaning(String host) {
    Names known = names;
    if (Hosts.neverMesh(host)) {
      return HostMeaning.OUTSIDE;
    }
    long now = clock.nanos();
    ServiceState service = known == null ? remember(host, now) : resolve(known, host, now);
    if (service == null) {
      long left = known == null ? settings.namesDeadlineNanos - now : 0;
      return left > 0 ? HostMeaning.undecided(left) : HostMeaning.OUTSIDE;
    }
    ServiceView view = service.view;
    if (view != null) {
      return HostMeaning.service(view.snapshot);
    }
    long left = service.wantedAtNanos + settings.snapshotWaitNanos - now;
    if (left > 0) {
      return HostMeaning.undecided(left);
    }
    return onAgentError(service.id) == OnAgentError.FAIL
        ? HostMeaning.service(ServiceSnapshot.empty(service.id, ""))
        : HostMeaning.OUTSIDE;
  }

  /**
   * Tells a watcher of each change of names and snapshots from now on, on the thread that brings
   * it: it must be short and must not throw. It is held weakly.
   */
  public void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  public void unwatch(Runnable watcher) {
    watchers.remove(watcher);
  }

  /** The service that a host meant in an earlier run, or null. */
  private ServiceState remember(String host, long now) {
    Names earlier = remembered;
    if (earlier == null) {
      return null;
    }
    Answer answer = earlier.asked.get(host);
    return answer == null ? resolve(earlier, host, now) : answer.service;
  }

  /** The service that a host means, or null. */
  ServiceState resolve(Names known, String host, long now) {
    ServiceId id =
        Hosts.neverMesh(host) ? null : known.table.resolve(host, settings.callerNamespace);
    ServiceState service = id == null ? null : wanted(id, now);
    if (known.asked.size() < REMEMBERED_HOSTS) {
      known.asked.put(host, service == null ? Answer.NOBODY : new Answer(service));
    }
    return service;
  }

  /** A service that is called, directly or by a route; its snapshot is asked for once. */
  ServiceState wanted(ServiceId id, long now) {
    ServiceState service = state(id, now);
    if (service.wanted.compareAndSet(false, true)) {
      service.wantedAtNanos = now;
      subscriptions.want(id);
    }
    return service;
  }

  private ServiceState state(ServiceId id, long now) {
    ServiceState service = services.get(id);
    if (service == null) {
      ServiceState made = new ServiceState(id, now);
      service = services.putIfAbsent(id, made);
      service = service == null ? made : service;
    }
    return service;
  }

  /** True for a share of the draws, in percent. */
  boolean drawn(double percent) {
    return percent > 0 && random.nextInt(1_000_000) < percent * 10_000;
  }

  Names names() {
    return names;
  }

  /** Registers a wake for the first table of names; runs it at once if it is there. */
  void onNames(Runnable wake) {
    firstNames.add(wake);
    if (names != null) {
      firstNames.wakeAll();
    }
  }

  /** What the table of names says becomes of a call to a service without snapshot. */
  OnAgentError onAgentError(ServiceId id) {
    Names known = names == null ? remembered : names;
    NamedService service = known == null ? null : known.table.get(id);
    return service == null ? OnAgentError.PASSTHROUGH : service.onAgentError;
  }

  /** False if the controller told the names, and this is none of them. */
  boolean knows(ServiceId id) {
    Names known = names;
    return known == null || known.table.get(id) != null;
  }

  /** Takes in a table of names; calls that wait for the first one are woken. */
  public void names(NameTable table) {
    names = new Names(table);
    remembered = null;
    firstNames.wakeAll();
    watchers.changed();
  }

  /**
   * Takes in the names of an earlier run, to be used until the first table: a service in them need
   * not be waited for, while a host that is not may be a newer service, and waits.
   */
  public void rememberedNames(NameTable table) {
    remembered = new Names(table);
  }

  /** Takes in a service's snapshot. Calls in flight keep their endpoint. */
  public void snapshot(ServiceSnapshot snapshot) {
    long now = clock.nanos();
    state(snapshot.id, now).swap(snapshot, settings.locality, peers, now);
    watchers.changed();
  }

  /**
   * Tells this process's place among those that serve the same service, by which callers divide
   * large services between them. Rebuilds every view, so it is for the control thread.
   */
  public void peers(Peers newPeers) {
    peers = newPeers;
    for (ServiceState service : services.values()) {
      ServiceView view = service.view;
      if (view != null) {
        service.swap(view.snapshot, settings.locality, newPeers, clock.nanos());
      }
    }
  }

  /** Drops all that is known of a service; the next call to it asks for it again. */
  public void forget(ServiceId service) {
    services.remove(service);
    Names known = names;
    if (known != null) {
      names = new Names(known.table);
    }
  }

  /** What happened since the last time. One caller at a time. */
  public IntervalReport takeInterval() {
    List<IntervalReport.Series> series = new ArrayList<>();
    List<IntervalReport.EndpointInterval> endpoints = new ArrayList<>();
    List<IntervalReport.ServiceInterval> intervals = new ArrayList<>();
    long now = clock.nanos();
    for (ServiceState service : services.values()) {
      service.takeInto(series, endpoints, intervals, scratch, now);
    }
    return new IntervalReport(series, endpoints, intervals);
  }
}
