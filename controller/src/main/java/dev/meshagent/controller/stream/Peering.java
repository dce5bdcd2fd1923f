package dev.meshagent.controller.stream;

import dev.meshagent.controller.push.Directory;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The place of each process among those that serve the same service, in the order of their uids: by
 * it they divide large services between them (the engine's aperture). Holds for one burst of
 * changes, so that the order is made once however many agents ask; on the loop.
 */
final class Peering {
  /** Alone, or serving nothing: uses every endpoint itself. */
  static final Place ALONE = new Place(0, 1);

  private final Directory directory;
  private final Map<ServiceId, List<String>> orders = new HashMap<>();

  /** A place from 0 among so many. */
  record Place(int index, int count) {}

  Peering(Directory directory) {
    this.directory = directory;
  }

  Place of(ServiceId service, String uid) {
    List<String> order = orders.computeIfAbsent(service, this::order);
    int index = Collections.binarySearch(order, uid);
    return index < 0 ? ALONE : new Place(index, order.size());
  }

  private List<String> order(ServiceId service) {
    return directory
        .find(service)
        .map(
            view ->
                view.endpoints().stream()
                    .filter(endpoint -> endpoint.health != Health.DRAINING)
                    .map((Endpoint endpoint) -> endpoint.uid)
                    .sorted()
                    .toList())
        .orElse(List.of());
  }
}
