package dev.meshagent.engine.balance;

import java.util.List;

/**
 * The endpoints among which one call may choose, best tier first: ready ones, then suspect, then
 * draining. Each comes with the port that the call means on it. Immutable.
 */
public final class Candidates {
  /** What a call has already tried; asked for few endpoints, so it may walk a list. */
  public interface Tried {
    boolean tried(EndpointState endpoint);
  }

  /** One tier of equally good endpoints. Never empty. */
  public static final class Tier {
    final EndpointState[] endpoints;

    public Tier(List<EndpointState> endpoints) {
      this.endpoints = endpoints.toArray(new EndpointState[0]);
    }

    public int size() {
      return endpoints.length;
    }

    public EndpointState get(int index) {
      return endpoints[index];
    }
  }

  public final Tier[] tiers;

  public Candidates(List<Tier> tiers) {
    this.tiers = tiers.toArray(new Tier[0]);
  }
}
