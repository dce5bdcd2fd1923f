package dev.meshagent.controller.push;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far each version of policy has come: whom it concerned, and who has taken it. The last
 * {@value #REMEMBERED} versions are remembered. Runs on the loop.
 */
public final class Rollouts {
  private static final int REMEMBERED = 1_000;
  private static final long MOST_PAIRS = 100_000;

  private final Directory directory;

  /** For whom a version changed what they are told, by service and process. */
  private final NavigableMap<Long, Map<ServiceId, Set<String>>> touched = new TreeMap<>();

  /** How many pairs of service and process are remembered in all. */
  private long pairs;

  private long obeyed;

  Rollouts(Directory directory) {
    this.directory = directory;
  }

  /**
   * A version was compiled, and with it those of the same burst before it. The same one may come
   * again, because services came or went.
   */
  void applied(long version, Map<ServiceId, Set<String>> whom) {
    obeyed = version;
    Map<ServiceId, Set<String>> all = touched.computeIfAbsent(version, v -> new TreeMap<>());
    whom.forEach(
        (id, uids) ->
            uids.forEach(
                uid -> pairs += all.computeIfAbsent(id, i -> new HashSet<>()).add(uid) ? 1 : 0));
    while (touched.size() > REMEMBERED || pairs > MOST_PAIRS && touched.size() > 1) {
      for (Set<String> uids : touched.pollFirstEntry().getValue().values()) {
        pairs -= uids.size();
      }
    }
  }

  /** The version of the policy that agents are told now. */
  public long obeyed() {
    return obeyed;
  }

  private Map.Entry<Long, Map<ServiceId, Set<String>>> compiled(long version) {
    return Optional.ofNullable(touched.ceilingEntry(version))
        .orElseGet(() -> Map.entry(version, Map.of()));
  }

  /** Whether everybody has answered: as {@link #of} says it, at a small part of the cost. */
  public boolean answered(long version) {
    if (obeyed < version) {
      return false;
    }
    Map.Entry<Long, Map<ServiceId, Set<String>>> compiled = compiled(version);
    for (Map.Entry<ServiceId, Set<String>> each : compiled.getValue().entrySet()) {
      Optional<ServiceView> view = directory.find(each.getKey());
      for (Subscription subscription : view.map(ServiceView::subscriptions).orElse(Set.of())) {
        if (subscription.isToTake(compiled.getKey())
            && each.getValue().contains(subscription.uid())) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * How it stands with a version. An agent that is gone is not concerned any more; one that has
   * taken a later version has taken this.
   */
  public Progress of(long version) {
    Map.Entry<Long, Map<ServiceId, Set<String>>> compiled = compiled(version);
    Map<ServiceId, Set<String>> whom = compiled.getValue();
    Set<String> concerned = new HashSet<>();
    Set<String> open = new HashSet<>();
    List<Refused> refused = new ArrayList<>();
    List<Waiting> waiting = new ArrayList<>();
    for (Map.Entry<ServiceId, Set<String>> each : whom.entrySet()) {
      Optional<ServiceView> view = directory.find(each.getKey());
      for (Subscription subscription : view.map(ServiceView::subscriptions).orElse(Set.of())) {
        String uid = subscription.uid();
        if (!each.getValue().contains(uid)) {
          continue;
        }
        concerned.add(uid);
        if (!subscription.hasTaken(compiled.getKey())) {
          open.add(uid);
          if (subscription.policyDue()) {
            waiting.add(new Waiting(each.getKey(), uid));
          } else {
            Subscription.Refusal no = subscription.refusal().orElseThrow();
            refused.add(new Refused(each.getKey(), uid, no.path(), no.error()));
          }
        }
      }
    }
    return new Progress(
        version,
        obeyed >= version,
        concerned.size(),
        concerned.size() - open.size(),
        waiting,
        refused);
  }

  /**
   * How it stands with a version.
   *
   * @param compiled false if agents have not been told of it yet
   * @param concerned agents for which it changed something
   * @param acked those that have taken all of it or something later
   * @param waiting which have not answered of which service
   * @param refused which would not take it for which service
   */
  public record Progress(
      long version,
      boolean compiled,
      int concerned,
      int acked,
      List<Waiting> waiting,
      List<Refused> refused) {

    /** Everybody has answered, and nobody has refused. */
    public boolean converged() {
      return compiled && acked == concerned;
    }

    /** Everybody has answered. */
    public boolean answered() {
      return compiled && waiting.isEmpty();
    }
  }

  /** An agent that has not answered yet. */
  public record Waiting(ServiceId service, String uid) {}

  /** An agent that would not take it, and why. */
  public record Refused(ServiceId service, String uid, String path, String error) {}
}
