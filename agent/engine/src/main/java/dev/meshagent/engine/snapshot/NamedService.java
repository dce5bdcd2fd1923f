package dev.meshagent.engine.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** A service as the table of names knows it. Immutable. */
public final class NamedService {
  public final ServiceId id;

  /** Names beyond those that every service has; {@code *.example.com} is a wildcard. */
  public final List<String> hosts;

  /** What becomes of a call before the service's snapshot is there. */
  public final OnAgentError onAgentError;

  public NamedService(ServiceId id, Collection<String> hosts, OnAgentError onAgentError) {
    this.id = id;
    this.hosts = Collections.unmodifiableList(new ArrayList<>(hosts));
    this.onAgentError = onAgentError;
  }

  /** A service with the usual names only. */
  public static NamedService of(ServiceId id) {
    return new NamedService(id, Collections.<String>emptyList(), OnAgentError.PASSTHROUGH);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedService
        && ((NamedService) other).id.equals(id)
        && ((NamedService) other).hosts.equals(hosts)
        && ((NamedService) other).onAgentError == onAgentError;
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id + (hosts.isEmpty() ? "" : hosts.toString());
  }
}
