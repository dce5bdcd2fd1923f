package dev.meshagent.engine;

import dev.meshagent.engine.balance.Hashing;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.QuantileEstimate;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.stats.CallStats;

/** A route made ready for calls: weights summed, header operations composed. Immutable. */
final class CompiledRoute {
  final Route route;
  final RetryPolicy retry;
  final Target[] targets;
  final int totalWeight;
  final Target[] mirrors;

  /** Outlives this object, since it belongs to the service and the route's name. */
  final QuantileEstimate latency;

  /** Where calls of the route may go. Immutable. */
  static final class Target {
    /** Null for the called service. */
    final ServiceId service;

    final Destination destination;
    final HeaderOps requestHeaders;
    final HeaderOps responseHeaders;
    final CallStats stats;

    /** Of a mirror: its share of the calls. */
    final double percent;

    Target(ServiceState called, Route route, Destination destination, double percent) {
      this.percent = percent;
      this.destination = destination;
      this.service = called.id.equals(destination.service) ? null : destination.service;
      this.requestHeaders = route.requestHeaders.then(destination.requestHeaders);
      // What was nearest to the server speaks first on the way back.
      this.responseHeaders = destination.responseHeaders.then(route.responseHeaders);
      this.stats = called.stats.of(route.name, destination.subset);
    }
  }

  CompiledRoute(ServiceState called, Route route) {
    this.route = route;
    this.retry = route.retry == null ? RetryPolicy.DEFAULT : route.retry;
    this.latency = route.hedge == null ? null : called.latency(route.name);
    if (route.destinations.isEmpty()) {
      targets = new Target[] {new Target(called, route, Destination.subset("", 1), 100)};
    } else {
      targets = new Target[route.destinations.size()];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = new Target(called, route, route.destinations.get(i), 100);
      }
    }
    int sum = 0;
    for (Target target : targets) {
      sum += target.destination.weight;
    }
    totalWeight = sum;
    mirrors = new Target[route.mirrors.size()];
    for (int i = 0; i < mirrors.length; i++) {
      Mirror mirror = route.mirrors.get(i);
      mirrors[i] = new Target(called, route, mirror.destination, mirror.percent);
    }
  }

  /** Draws a target by weight, or by what the request sticks to; null if all weights are 0. */
  Target choose(RequestHead head, Source source, Randomness random) {
    if (totalWeight == 0 || targets.length == 1) {
      return totalWeight == 0 ? null : targets[0];
    }
    String key = route.sticky == null ? null : HashKeys.value(route.sticky, head, source);
    return at(
        key == null ? random.nextInt(totalWeight) : (int) ((Hashing.of(key) >>> 1) % totalWeight));
  }

  /** The target at a point from 0 to below the total weight; null if all weights are 0. */
  private Target at(int point) {
    int left = point;
    for (Target target : targets) {
      left -= target.destination.weight;
      if (left < 0) {
        return target;
      }
    }
    return null;
  }
}
