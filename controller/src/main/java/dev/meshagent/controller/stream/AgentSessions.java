package dev.meshagent.controller.stream;

import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.push.DirectoryListener;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * All open control streams, at most one for each process: who connects again replaces itself. Runs
 * on the loop.
 */
public final class AgentSessions implements DirectoryListener {
  private static final int MAX_REPORTED = 100;

  private final Loop loop;
  private final WorkloadRegistry registry;
  private final Directory directory;
  private final Edges edges;
  private final String controllerVersion;
  private final long leaseNanos;
  private final StreamCounters counters = new StreamCounters();
  private final SortedMap<String, Long> reported = new TreeMap<>();
  private final Set<AgentSession> open = new LinkedHashSet<>();
  private final Map<String, AgentSession> byUid = new HashMap<>();

  /** Whether names came or went that no session has been told of. */
  private boolean namesChanged;

  /** Read by connections' threads, too. */
  private volatile boolean stopping;

  public AgentSessions(
      Loop loop,
      WorkloadRegistry registry,
      Directory directory,
      Edges edges,
      String controllerVersion,
      long leaseNanos) {
    this.loop = loop;
    this.registry = registry;
    this.directory = directory;
    this.edges = edges;
    this.controllerVersion = controllerVersion;
    this.leaseNanos = leaseNanos;
  }

  /** A connection was opened. */
  public AgentSession open(Connection connection) {
    AgentSession session = new AgentSession(this, connection);
    open.add(session);
    return session;
  }

  /**
   * What agents counted of themselves since this controller started, in sum. At most {@value
   * #MAX_REPORTED} names are kept: they are chosen by agents.
   */
  public SortedMap<String, Long> reported() {
    return reported;
  }

  void report(Map<String, Long> counted) {
    counted.forEach(
        (name, count) -> {
          if (reported.size() < MAX_REPORTED || reported.containsKey(name)) {
            reported.merge(name, count, Long::sum);
          }
        });
  }

  void joined(AgentSession session) {
    AgentSession before = byUid.put(session.uid(), session);
    if (before != null) {
      before.close(CloseReason.REPLACED, "this process opened another control stream");
    }
  }

  void ended(AgentSession session) {
    open.remove(session);
    if (session.greeted() && byUid.remove(session.uid(), session)) {
      registry.lost(session.uid());
    }
  }

  /**
   * Closes the streams over which nothing came, or something was not answered, for a whole lease;
   * their agents connect again and are told everything anew.
   */
  public void sweep() {
    long now = loop.nanos();
    Peering peering = new Peering(directory);
    for (AgentSession session : List.copyOf(open)) {
      session.lookAround(peering);
      if (now - session.heardNanos() >= leaseNanos) {
        session.close(
            CloseReason.SILENT,
            "nothing came for " + leaseMillis() + " ms, which is the lease; renew it in time");
      } else {
        session
            .unansweredSince(now - leaseNanos)
            .ifPresent(
                what ->
                    session.close(
                        CloseReason.UNANSWERED,
                        what
                            + " for "
                            + leaseMillis()
                            + " ms, which is the lease; connect again and be told anew"));
      }
    }
  }

  /** Whether the controller stops; whoever connects is to come again later. */
  public boolean stopping() {
    return stopping;
  }

  /** Closes all, because the controller stops; nobody becomes suspect over it. */
  public void closeAll() {
    stopping = true;
    for (AgentSession session : List.copyOf(open)) {
      session.close(CloseReason.STOPPING, "the controller stops; connect again");
    }
  }

  /** The agents that have said who they are. */
  public List<AgentInfo> agents() {
    return byUid.values().stream().map(AgentSession::info).toList();
  }

  @Override
  public void appeared(ServiceId service) {
    namesChanged = true;
    List.copyOf(open).forEach(session -> session.appeared(service));
  }

  @Override
  public void vanished(ServiceId service) {
    namesChanged = true;
    List.copyOf(open).forEach(session -> session.vanished(service));
  }

  @Override
  public void flush(Collection<ServiceView> changed) {
    Peering peering = new Peering(directory);
    Collection<AgentSession> concerned =
        namesChanged ? List.copyOf(open) : List.copyOf(concerned(changed));
    namesChanged = false;
    concerned.forEach(session -> session.flush(changed, peering));
  }

  /** Those who call these services, and those who serve them, whose peers may be others now. */
  private Set<AgentSession> concerned(Collection<ServiceView> changed) {
    Set<AgentSession> concerned = new LinkedHashSet<>();
    for (ServiceView view : changed) {
      view.subscriptions().forEach(subscription -> add(subscription.uid(), concerned));
      view.uids().forEach(uid -> add(uid, concerned));
    }
    return concerned;
  }

  private void add(String uid, Set<AgentSession> to) {
    AgentSession session = byUid.get(uid);
    if (session != null) {
      to.add(session);
    }
  }

  @Override
  public void regrouped() {
    List.copyOf(open).forEach(AgentSession::regrouped);
  }

  public StreamCounters counters() {
    return counters;
  }

  Loop loop() {
    return loop;
  }

  WorkloadRegistry registry() {
    return registry;
  }

  Directory directory() {
    return directory;
  }

  Edges edges() {
    return edges;
  }

  String controllerVersion() {
    return controllerVersion;
  }

  long leaseMillis() {
    return TimeUnit.NANOSECONDS.toMillis(leaseNanos);
  }
}
