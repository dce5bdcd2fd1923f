package dev.meshagent.controller.rest;

import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.RegistryListener;
import dev.meshagent.controller.registry.Workload;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where endpoints are, and where the last {@value #REMEMBERED} live ones were that are gone: calls
 * are shown for a minute, which is longer than some of those live. Runs on the loop.
 */
public final class EndpointAddresses implements RegistryListener {
  private static final int REMEMBERED = 1_000;

  private final Directory directory;

  private final Map<String, String> gone =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  public EndpointAddresses(Directory directory) {
    this.directory = directory;
  }

  @Override
  public void changed(Optional<Workload> before, Optional<Workload> after) {
    if (after.isEmpty()) {
      Endpoint was = before.orElseThrow().endpoint();
      gone.put(was.uid, text(was));
    }
  }

  /** Address and primary port of an endpoint of a service, be it there or gone. */
  Optional<String> find(ServiceId service, String uid) {
    return directory
        .find(service)
        .flatMap(view -> view.endpoint(uid))
        .map(EndpointAddresses::text)
        .or(() -> Optional.ofNullable(gone.get(uid)));
  }

  private static String text(Endpoint endpoint) {
    return Hosts.withPort(endpoint.address, endpoint.primaryPort);
  }
}
