package dev.meshagent.controller.stream;

import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.compile.istio.ReadinessProbe;
import dev.meshagent.controller.compile.istio.WorkloadTemplate;
import dev.meshagent.controller.push.Frames;
import dev.meshagent.controller.push.Names;
import dev.meshagent.controller.push.Ordering;
import dev.meshagent.controller.push.Push;
import dev.meshagent.controller.push.ServiceView;
import dev.meshagent.controller.push.Subscriber;
import dev.meshagent.controller.push.Subscription;
import dev.meshagent.controller.push.Vantage;
import dev.meshagent.controller.registry.Addresses;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.telemetry.Edges;
import dev.meshagent.controller.telemetry.TelemetryReport;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * One control stream: what its agent has said, what it wants, and how far it has been told. Runs on
 * the loop.
 */
public final class AgentSession {
  /** The protocol's bound on how long an exit may wait for the others to hear of it. */
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** While peers come and go it is told its place among them only so often. */
  private static final long PLACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What one agent may bring into being while the controller is young. */
  private static final int MAX_EXPECTED = 1_000;

  private final AgentSessions mesh;
  private final Connection connection;
  private final Outbox outbox;
  private final Instant connectedSince;
  private final Vantage vantage;
  private long heardNanos;

  /** When the last renewal came that the loop has not looked at; 0 if there is none. */
  private final AtomicLong renewedNanos = new AtomicLong();

  private Optional<AgentFrame.Hello> hello = Optional.empty();

  /** Whether hello has come; for any thread. */
  private volatile boolean greeted;

  /** Whether all that hello said has been taken in, on which hangs what is told first. */
  private boolean introduced;

  private boolean ended;
  private boolean draining;
  private boolean unreachableTold;
  private int expected;
  private boolean telemetryProblemTold;
  private Optional<ReadinessProbe> toldProbe = Optional.empty();
  private Optional<Peering.Place> toldPlace = Optional.empty();
  private long toldPlaceNanos;

  /**
   * Whether its place may be another than it was told, of which it is to be told a little later.
   */
  private boolean placeStale;

  private final Names names;
  private final Set<ServiceId> wanted = new TreeSet<>();

  /** Policy hashes of which hello said that the agent holds them; each is believed once. */
  private final Map<ServiceId, String> known = new HashMap<>();

  private final Map<ServiceId, Subscription> subscriptions = new LinkedHashMap<>();

  /** Subscriptions that may have something to tell, the longest waiting first. */
  private final Set<Subscription> due = new LinkedHashSet<>();

  /** Subscriptions whose news would come too early: others have to arrive before. */
  private final Set<Subscription> held = new LinkedHashSet<>();

  private final Edges.Caller caller = new Edges.Caller();

  AgentSession(AgentSessions mesh, Connection connection) {
    this.mesh = mesh;
    this.connection = connection;
    this.names = Names.of(mesh.directory());
    this.outbox = new Outbox(mesh.loop(), connection, mesh.counters(), this::nextFrame);
    this.connectedSince = mesh.loop().now();
    this.vantage =
        Addresses.loopback(connection.remoteAddress()) ? Vantage.SAME_HOST : Vantage.ELSEWHERE;
    this.heardNanos = mesh.loop().nanos();
  }

  /** A frame came that could not be read. */
  public void malformed(MalformedFrame problem) {
    if (!ended) {
      mesh.counters().malformed();
      close(problem.reason(), problem.getMessage());
    }
  }

  /** A frame came. */
  public void received(AgentFrame frame) {
    if (ended) {
      return;
    }
    mesh.counters().received(frame);
    heardNanos = mesh.loop().nanos();
    if (frame instanceof AgentFrame.Hello first) {
      if (hello.isPresent()) {
        malformed(MalformedFrame.at("$.type", "hello came twice on one connection"));
      } else {
        hello(first);
      }
      return;
    }
    if (hello.isEmpty()) {
      malformed(MalformedFrame.at("$.type", "the first frame of a connection must be hello"));
      return;
    }
    mesh.registry().heard(uid());
    if (frame instanceof AgentFrame.Register register) {
      register(register.workload());
    } else if (frame instanceof AgentFrame.Drain) {
      drain();
    } else if (frame instanceof AgentFrame.Leave) {
      mesh.registry().leave(uid());
    } else if (frame instanceof AgentFrame.Subscribe subscribe) {
      want(subscribe.services());
    } else if (frame instanceof AgentFrame.Unsubscribe unsubscribe) {
      unsubscribe.services().forEach(this::unsubscribe);
    } else if (frame instanceof AgentFrame.Ack ack) {
      answered(ack.service(), subscription -> subscription.acked(ack.epoch(), ack.seq()));
    } else if (frame instanceof AgentFrame.Nack nack) {
      mesh.counters().refused();
      answered(
          nack.service(),
          subscription -> subscription.nacked(nack.epoch(), nack.seq(), nack.path(), nack.error()));
    } else if (frame instanceof AgentFrame.Resync resync) {
      answered(
          resync.service(),
          subscription -> {
            subscription.resync();
            return true;
          });
    } else if (frame instanceof AgentFrame.Telemetry telemetry) {
      telemetry(telemetry);
    }
  }

  /**
   * A frame came that only says that the agent lives; it counts from the next {@link #lookAround}
   * on. From any thread: most of the frames of an idle mesh are these, and none has to wake the
   * loop.
   *
   * @return false if it has to be taken as any other frame, because hello has not come
   */
  public boolean renewed() {
    if (!greeted) {
      return false;
    }
    renewedNanos.set(mesh.loop().nanos());
    mesh.counters().renewed();
    return true;
  }

  /** Does what can wait for a while: to be called several times within a lease. */
  void lookAround(Peering peering) {
    if (placeStale) {
      tellPlace(peering);
      outbox.pump();
    }
    if (!ended) {
      countRenewal();
    }
  }

  private void countRenewal() {
    long renewed = renewedNanos.getAndSet(0);
    if (renewed != 0) {
      heardNanos = Math.max(heardNanos, renewed);
      mesh.registry().heard(uid(), renewed);
    }
  }

  private void hello(AgentFrame.Hello first) {
    hello = Optional.of(first);
    greeted = true;
    known.putAll(first.known());
    mesh.joined(this);
    mesh.registry().connected(first.uid());
    outbox.answer(
        "welcome",
        Frames.welcome(
            mesh.controllerVersion(),
            mesh.directory().epoch(),
            mesh.leaseMillis(),
            connection.remoteAddress()));
    if (!first.group().isEmpty()) {
      // Also if there is none: it may have had one from an earlier connection.
      toldProbe = probe();
      outbox.answer("probe", Frames.probe(toldProbe));
    }
    // What it holds it may be calling at this moment: the names must have it.
    first.known().keySet().forEach(this::expect);
    first
        .workload()
        .ifPresentOrElse(this::register, () -> mesh.registry().leave(uid())); // Serves nothing.
    introduced = true;
    outbox.pump();
  }

  /** An exit is announced once; saying it again gets no second answer. */
  private void drain() {
    if (!draining) {
      draining = true;
      mesh.registry().drain(uid());
      mesh.directory()
          .whenConverged(
              hello.orElseThrow().service(),
              uid(),
              DRAIN_NANOS,
              () -> outbox.answer("drained", Frames.drained()));
    }
  }

  private void register(AgentFrame.Statement statement) {
    AgentFrame.Hello who = hello.orElseThrow();
    List<String> addresses =
        statement.addresses().isEmpty()
            ? List.of(connection.remoteAddress())
            : statement.addresses();
    if (vantage == Vantage.ELSEWHERE) {
      addresses = Addresses.reachableFromElsewhere(addresses);
      if (addresses.isEmpty() && !statement.ports().isEmpty()) {
        mesh.registry().leave(uid());
        tellUnreachable();
        return;
      }
    }
    mesh.registry()
        .register(
            new Registration(
                who.uid(),
                who.service(),
                addresses,
                statement.ports(),
                statement.weight(),
                who.locality(),
                who.labels(),
                who.group(),
                ready(statement)));
  }

  /**
   * Whether callers may be told of the process, as far as probing goes. Who does not know yet is
   * ready as it was before: a probe that is written while a service runs must not take it from its
   * callers until its agents have probed.
   */
  private boolean ready(AgentFrame.Statement statement) {
    return statement
        .ready()
        .orElseGet(
            () ->
                probe().isEmpty()
                    || mesh.registry()
                        .find(uid())
                        .map(workload -> workload.registration().ready())
                        .orElse(false));
  }

  /** Tells the agent how to find out whether it is ready, if that is otherwise than it knows. */
  void regrouped() {
    if (hello.isPresent() && !probe().equals(toldProbe)) {
      toldProbe = probe();
      outbox.answer("probe", Frames.probe(toldProbe));
    }
  }

  private Optional<ReadinessProbe> probe() {
    AgentFrame.Hello who = hello.orElseThrow();
    return mesh.directory()
        .membership()
        .group(who.service().namespace, who.group())
        .flatMap(WorkloadTemplate::probe);
  }

  private void want(List<ServiceId> services) {
    Set<ServiceId> all = new HashSet<>(wanted);
    all.addAll(services);
    if (all.size() > FrameReader.MAX_SERVICES) {
      malformed(
          MalformedFrame.at(
              "$.services",
              "would make "
                  + all.size()
                  + " subscriptions; at most "
                  + FrameReader.MAX_SERVICES
                  + " are allowed on a connection"));
      return;
    }
    services.forEach(this::subscribe);
    tellPlace(new Peering(mesh.directory()));
    outbox.pump();
  }

  private void tellUnreachable() {
    if (!unreachableTold) {
      unreachableTold = true;
      outbox.answer(
          "error",
          Frames.error(
              "unreachable",
              hello.orElseThrow().service()
                  + ": not offered to callers, since it has loopback addresses alone and this"
                  + " process is not on the controller's host; set mesh.address to an address that"
                  + " other hosts reach",
              false));
    }
  }

  /** One agent must not fill the table of names while others are still on their way. */
  private void expect(ServiceId service) {
    if (expected < MAX_EXPECTED && mesh.directory().expect(service)) {
      expected++;
    }
  }

  private void subscribe(ServiceId service) {
    if (!subscriptions.containsKey(service)) {
      mesh.directory()
          .subscribe(subscriber(), service, known.getOrDefault(service, ""))
          .ifPresent(
              subscription -> {
                known.remove(service);
                subscriptions.put(service, subscription);
                due.add(subscription);
              });
    }
    wanted.add(service);
  }

  private Subscriber subscriber() {
    AgentFrame.Hello who = hello.orElseThrow();
    return new Subscriber(
        who.uid(), who.service(), vantage, new Caller(who.service().namespace, who.labels()));
  }

  private void unsubscribe(ServiceId service) {
    wanted.remove(service);
    cancel(service);
  }

  private void cancel(ServiceId service) {
    known.remove(service);
    Subscription subscription = subscriptions.remove(service);
    if (subscription != null) {
      due.remove(subscription);
      held.remove(subscription);
      mesh.directory().unsubscribe(subscription);
    }
  }

  private void answered(ServiceId service, Predicate<Subscription> answer) {
    Subscription subscription = subscriptions.get(service);
    if (subscription != null && answer.test(subscription)) {
      due.add(subscription);
      // What waited for this one comes behind it.
      due.addAll(held);
      held.clear();
      outbox.pump();
    }
  }

  private void telemetry(AgentFrame.Telemetry telemetry) {
    TelemetryReport report = telemetry.report();
    List<String> unreadable = mesh.edges().record(hello.orElseThrow().service(), caller, report);
    mesh.report(report.counters());
    mesh.counters().unreadableTelemetry(unreadable.size());
    List<String> problems = new ArrayList<>(unreadable);
    if (report.leftOut() > 0) {
      problems.add(
          "$: " + report.leftOut() + " elements over the limits of a telemetry frame are left out");
    }
    if (!problems.isEmpty() && !telemetryProblemTold) {
      telemetryProblemTold = true;
      outbox.answer("error", Frames.error("telemetry", problems.get(0), false));
    }
  }

  private Optional<Push> nextFrame() {
    if (!introduced) {
      return Optional.empty();
    }
    Optional<Push> name = names.nextFrame(mesh.directory().services(), this::mayKnow);
    if (name.isPresent()) {
      return name;
    }
    Optional<Push> frame = nextOf(due, false);
    if (frame.isEmpty() && !held.isEmpty() && nothingUnanswered()) {
      // Each waits for another of them, so there is no right order: the first goes first.
      frame = nextOf(held, true);
    }
    return frame;
  }

  /**
   * The next frame of these.
   *
   * @param anyway whether also of those that are to wait for others
   */
  private Optional<Push> nextOf(Set<Subscription> waiting, boolean anyway) {
    var each = waiting.iterator();
    while (each.hasNext()) {
      Subscription subscription = each.next();
      each.remove();
      if (!anyway && Ordering.mustWait(subscription, subscriptions.values())) {
        held.add(subscription);
        continue;
      }
      Optional<Push> frame = subscription.nextFrame(mesh.loop().nanos());
      if (frame.isPresent()) {
        return frame;
      }
    }
    return Optional.empty();
  }

  private boolean nothingUnanswered() {
    return subscriptions.values().stream().noneMatch(Subscription::unanswered);
  }

  private boolean mayKnow(ServiceId service) {
    return mesh.directory().policies().visible(service, hello.orElseThrow().service().namespace);
  }

  void appeared(ServiceId service) {
    if (hello.isPresent() && !mayKnow(service)) {
      names.remove(service);
      return;
    }
    names.add(service);
    if (wanted.contains(service)) {
      subscribe(service);
    }
  }

  void vanished(ServiceId service) {
    names.remove(service);
    // Told so, the agent forgets what it held. It goes on wanting what comes back before that.
    cancel(service);
  }

  void flush(Collection<ServiceView> changed, Peering peering) {
    for (ServiceView view : changed) {
      Subscription subscription = subscriptions.get(view.id());
      if (subscription != null) {
        due.add(subscription);
      }
    }
    // What they wait for may have changed as well.
    due.addAll(held);
    held.clear();
    tellPlace(peering);
    outbox.pump();
  }

  /** Only who calls a large service needs to know its place among its peers. */
  private void tellPlace(Peering peering) {
    if (hello.isEmpty() || !callsLargeService()) {
      return;
    }
    long now = mesh.loop().nanos();
    if (toldPlace.isPresent() && now - toldPlaceNanos < PLACE_NANOS) {
      placeStale = true;
      return;
    }
    placeStale = false;
    Peering.Place place = peering.of(hello.get().service(), uid());
    // The first time even if it is alone: it may hold another place from an earlier connection.
    if (!toldPlace.equals(Optional.of(place))) {
      toldPlace = Optional.of(place);
      toldPlaceNanos = now;
      outbox.answer("peers", Frames.peers(place.index(), place.count()));
    }
  }

  private boolean callsLargeService() {
    for (Subscription subscription : subscriptions.values()) {
      if (subscription.view().size() > BalancePolicy.DEFAULT_APERTURE) {
        return true;
      }
    }
    return false;
  }

  /** Closes from the controller's side. */
  void close(CloseReason reason, String message) {
    outbox.close(reason, Frames.error(reason.code, message, true));
    ended();
  }

  /** The connection is closed, by whomever. */
  public void ended() {
    if (!ended) {
      // The lease runs from the last renewal, also if nobody has looked at it yet.
      countRenewal();
      ended = true;
      outbox.closed();
      List.copyOf(wanted).forEach(this::unsubscribe);
      mesh.ended(this);
    }
  }

  String uid() {
    return hello.orElseThrow().uid();
  }

  boolean greeted() {
    return greeted;
  }

  /**
   * What it was told at that time or before and has not answered: a service, or what the transport
   * has not taken; empty if nothing.
   */
  Optional<String> unansweredSince(long nanos) {
    if (outbox.stuckSince(nanos)) {
      return Optional.of("the connection takes nothing");
    }
    for (Subscription subscription : subscriptions.values()) {
      if (subscription.unansweredSince(nanos)) {
        return Optional.of(subscription.view().id() + ": neither ack nor nack came");
      }
    }
    return Optional.empty();
  }

  long heardNanos() {
    return heardNanos;
  }

  AgentInfo info() {
    return new AgentInfo(
        hello.orElseThrow(),
        connection.remoteAddress(),
        connectedSince,
        List.copyOf(wanted),
        List.copyOf(subscriptions.values()));
  }
}
