package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Audience;
import dev.meshagent.controller.registry.WorkloadRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes down who is there: the live workloads, and who calls which service. Runs on the loop. */
public final class Census {
  private final Directory directory;
  private final WorkloadRegistry registry;

  public Census(Directory directory, WorkloadRegistry registry) {
    this.directory = directory;
    this.registry = registry;
  }

  /** Who is there now. */
  public Audience take() {
    List<Audience.Calls> calls = new ArrayList<>();
    for (ServiceView view : directory.services()) {
      Map<Subscriber.Alike, Integer> callers = new LinkedHashMap<>();
      for (Subscription subscription : view.subscriptions()) {
        callers.merge(subscription.subscriber().alike(), 1, Integer::sum);
      }
      callers.forEach(
          (alike, count) ->
              calls.add(new Audience.Calls(view.id(), alike.service(), alike.caller(), count)));
    }
    return new Audience(List.copyOf(registry.all()), calls, directory.membership().addresses());
  }
}
