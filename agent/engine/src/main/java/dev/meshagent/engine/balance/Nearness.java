package dev.meshagent.engine.balance;

import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Ranks endpoints by how near they are to the caller, as Istio's localityLbSetting has it. */
final class Nearness {
  private static final String ANY = "*";

  private Nearness() {}

  /** Endpoints that belong together, and their weight beside other places of the same rank. */
  static final class Place {
    final List<EndpointState> endpoints;
    final int weight;

    Place(List<EndpointState> endpoints, int weight) {
      this.endpoints = endpoints;
      this.weight = weight;
    }
  }

  /** The ranks, nearest first; no rank is empty, and neither is a place. */
  static List<List<Place>> rank(
      List<EndpointState> endpoints, LocalityPolicy policy, Locality caller) {
    if (endpoints.isEmpty()) {
      return Collections.emptyList();
    }
    if (policy.enabled) {
      for (LocalityPolicy.Distribute each : policy.distribute) {
        if (fits(each.from, caller)) {
          List<List<Place>> divided = distribute(endpoints, each.to);
          if (!divided.isEmpty()) {
            return divided;
          }
        }
      }
    }
    if (!policy.enabled || caller.region.isEmpty()) {
      return single(endpoints);
    }
    Map<Integer, List<EndpointState>> byRank = new TreeMap<>();
    for (EndpointState endpoint : endpoints) {
      int rank = distance(endpoint.endpoint().locality, caller, policy.failover);
      List<EndpointState> same = byRank.get(rank);
      if (same == null) {
        same = new ArrayList<>();
        byRank.put(rank, same);
      }
      same.add(endpoint);
    }
    List<List<Place>> ranks = new ArrayList<>();
    for (List<EndpointState> same : byRank.values()) {
      ranks.addAll(single(same));
    }
    return ranks;
  }

  private static List<List<Place>> single(List<EndpointState> endpoints) {
    return Collections.singletonList(Collections.singletonList(new Place(endpoints, 1)));
  }

  private static List<List<Place>> distribute(
      List<EndpointState> endpoints, Map<String, Integer> to) {
    List<Place> places = new ArrayList<>();
    for (Map.Entry<String, Integer> place : to.entrySet()) {
      List<EndpointState> there = new ArrayList<>();
      for (EndpointState endpoint : endpoints) {
        if (fits(place.getKey(), endpoint.endpoint().locality)) {
          there.add(endpoint);
        }
      }
      if (!there.isEmpty() && place.getValue() > 0) {
        places.add(new Place(there, place.getValue()));
      }
    }
    return places.isEmpty()
        ? Collections.<List<Place>>emptyList()
        : Collections.singletonList(places);
  }

  /**
   * 0 same zone (and subzone, where both say one), 1 same region, 2 named successor, 3 anywhere.
   */
  private static int distance(Locality there, Locality here, Map<String, String> failover) {
    if (!there.region.equals(here.region)) {
      return there.region.equals(failover.get(here.region)) ? 2 : 3;
    }
    return there.zone.equals(here.zone) ? 0 : 1;
  }

  /** {@code region/zone/subzone}, where a missing part or a star fits anything. */
  static boolean fits(String pattern, Locality locality) {
    String[] parts = pattern.split("/", -1);
    String[] have = {locality.region, locality.zone, locality.subzone};
    for (int i = 0; i < parts.length && i < have.length; i++) {
      if (!parts[i].isEmpty() && !parts[i].equals(ANY) && !parts[i].equals(have[i])) {
        return false;
      }
    }
    return true;
  }
}
