package dev.meshagent.controller.compile;

import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a change of policy changes for which services and callers, found by compiling what was and
 * what is to be for everyone who is there. A service that nobody calls is compiled as for a caller
 * without labels in its own namespace. For one question and one thread.
 */
public final class Effects {
  private final Moment before;
  private final Moment after;

  private Effects(PolicySet before, PolicySet after, Audience audience) {
    this.before = new Moment(before, audience);
    this.after = new Moment(after, audience);
  }

  /** What callers are told of a service otherwise than before. */
  public enum What {
    /** Whether the name is one of the mesh to them. */
    NAME,
    /** The service's ports, as a Service or ServiceEntry maps them. */
    PORTS,
    ROUTES,
    /** Balancing, limits, ejection, subsets. */
    POLICY,
    ENDPOINTS;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The same for all of these callers.
   *
   * @param callers how many processes there are of each calling service; empty if nobody calls it
   */
  public record Effect(ServiceId service, Set<What> what, Map<ServiceId, Integer> callers) {}

  /** The effects, by service; none where callers are told the same as before. */
  public static List<Effect> of(PolicySet before, PolicySet after, Audience audience) {
    Effects effects = new Effects(before, after, audience);
    Map<ServiceId, List<Audience.Calls>> calls =
        audience.calls().stream().collect(Collectors.groupingBy(Audience.Calls::called));
    Set<ServiceId> services = new TreeSet<>(effects.before.services());
    services.addAll(effects.after.services());
    List<Effect> all = new ArrayList<>();
    for (ServiceId id : services) {
      effects.add(id, calls.getOrDefault(id, List.of()), all);
    }
    return all;
  }

  private void add(ServiceId id, List<Audience.Calls> calls, List<Effect> to) {
    ServiceCompiler was = new ServiceCompiler(id, before.policies());
    ServiceCompiler is = new ServiceCompiler(id, after.policies());
    if (calls.isEmpty()) {
      Set<What> what = difference(id, new Caller(id.namespace, Map.of()), was, is);
      if (!what.isEmpty()) {
        to.add(new Effect(id, what, Map.of()));
      }
      return;
    }
    Map<Set<What>, Map<ServiceId, Integer>> callers = new TreeMap<>(Effects::order);
    for (Audience.Calls each : calls) {
      Set<What> what = difference(id, each.caller(), was, is);
      if (!what.isEmpty()) {
        callers
            .computeIfAbsent(what, w -> new TreeMap<>())
            .merge(each.by(), each.agents(), Integer::sum);
      }
    }
    callers.forEach((what, of) -> to.add(new Effect(id, what, of)));
  }

  private static int order(Set<What> a, Set<What> b) {
    return a.toString().compareTo(b.toString());
  }

  private Set<What> difference(
      ServiceId id, Caller caller, ServiceCompiler was, ServiceCompiler is) {
    Set<What> what = EnumSet.noneOf(What.class);
    boolean known = before.knows(id, caller);
    boolean stays = after.knows(id, caller);
    if (known != stays) {
      what.add(What.NAME);
    }
    if (!known && !stays) {
      return what;
    }
    if (!before.endpoints(id).equals(after.endpoints(id))) {
      what.add(What.ENDPOINTS);
    }
    boolean sameInputs =
        before.policies().inputs(id, caller).equals(after.policies().inputs(id, caller))
            && before.policies().meansTheSame(after.policies());
    if (!sameInputs) {
      compare(was.compiled(caller).settings(), is.compiled(caller).settings(), what);
    }
    return what;
  }

  private static void compare(ServiceSnapshot was, ServiceSnapshot is, Set<What> into) {
    if (was.hash.equals(is.hash)) {
      return;
    }
    if (!hash(was, routes(was.policy), false).equals(hash(is, routes(is.policy), false))) {
      into.add(What.ROUTES);
    }
    if (!hash(was, traffic(was.policy), false).equals(hash(is, traffic(is.policy), false))) {
      into.add(What.POLICY);
    }
    ServicePolicy none = new ServicePolicy.Builder().build();
    if (!hash(was, none, true).equals(hash(is, none, true))) {
      into.add(What.PORTS);
    }
  }

  private static ServicePolicy routes(ServicePolicy policy) {
    ServicePolicy.Builder part = new ServicePolicy.Builder();
    part.order = policy.order;
    part.routes = policy.routes;
    return part.build();
  }

  private static ServicePolicy traffic(ServicePolicy policy) {
    ServicePolicy.Builder part = new ServicePolicy.Builder();
    part.traffic = policy.traffic;
    part.portTraffic = policy.portTraffic;
    part.subsets = policy.subsets;
    return part.build();
  }

  private static String hash(ServiceSnapshot of, ServicePolicy policy, boolean ports) {
    return SnapshotCodec.hash(
        new ServiceSnapshot(
            of.id,
            "",
            0,
            "",
            of.onAgentError,
            List.of(),
            ports ? of.ports : List.of(),
            policy,
            List.of()));
  }
}
