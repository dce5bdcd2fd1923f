package dev.meshagent.engine.explain;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Why a request goes where it goes. Immutable; {@link #toString()} is for a person. */
public final class Explanation {
  public final ServiceId service;

  /** The rules in the order in which they are asked, to the first that fits. */
  public final List<Asked> asked;

  /** The route taken, or null if none fits; one without name stands for no routes at all. */
  public final Route route;

  /** Where the redirect leads; null if the route is none. */
  public final String redirect;

  /** Where the call may go, with its odds; empty if the mesh itself answers. */
  public final List<Destination> destinations;

  /** Retries in force. */
  public final RetryPolicy retry;

  Explanation(
      ServiceId service,
      List<Asked> asked,
      Route route,
      String redirect,
      List<Destination> destinations,
      RetryPolicy retry) {
    this.service = service;
    this.asked = Collections.unmodifiableList(new ArrayList<>(asked));
    this.route = route;
    this.redirect = redirect;
    this.destinations = Collections.unmodifiableList(new ArrayList<>(destinations));
    this.retry = retry;
  }

  /** A rule that was asked. Immutable. */
  public static final class Asked {
    /** The route's name, or its place from 0 as {@code #3} where it has none. */
    public final String route;

    /** Why it does not fit, or null if it does. */
    public final String failing;

    Asked(String route, String failing) {
      this.route = route;
      this.failing = failing;
    }
  }

  /** A place where the call may go. Immutable. */
  public static final class Destination {
    public final ServiceId service;

    /** Empty for the whole service. */
    public final String subset;

    /** Of the calls of this route, in percent. */
    public final double percent;

    /** The policy for calls there; null if {@link #problem} says why there is none. */
    public final TrafficPolicy policy;

    public final List<Candidate> candidates;

    /** Why no call can get there, or null. */
    public final String problem;

    Destination(
        ServiceId service,
        String subset,
        double percent,
        TrafficPolicy policy,
        List<Candidate> candidates,
        String problem) {
      this.service = service;
      this.subset = subset;
      this.percent = percent;
      this.policy = policy;
      this.candidates = Collections.unmodifiableList(new ArrayList<>(candidates));
      this.problem = problem;
    }
  }

  /** An endpoint that may be chosen. Immutable. */
  public static final class Candidate {
    public final Endpoint endpoint;

    /** The TCP port that the call means on it. */
    public final int port;

    Candidate(Endpoint endpoint, int port) {
      this.endpoint = endpoint;
      this.port = port;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(service.toString()).append('\n');
    for (Asked each : asked) {
      text.append(each.failing == null ? "  fits  " : "  no    ").append(each.route);
      text.append(each.failing == null ? "" : ": " + each.failing).append('\n');
    }
    if (route == null) {
      return text.append("  answered by the mesh: 404, for no route fits\n").toString();
    }
    if (redirect != null) {
      text.append("  redirected: ").append(route.redirect.status).append(' ');
      return text.append(redirect).append('\n').toString();
    }
    if (route.response != null) {
      text.append("  answered by the mesh: ").append(route.response.status).append('\n');
      return text.toString();
    }
    for (Destination each : destinations) {
      describe(each, text);
    }
    text.append("  retries ").append(retry).append('\n');
    if (route.timeoutNanos > 0) {
      long millis = TimeUnit.NANOSECONDS.toMillis(route.timeoutNanos);
      text.append("  timeout ").append(millis).append(" ms\n");
    }
    if (route.fault != null) {
      text.append("  fault: ").append(route.fault).append('\n');
    }
    if (route.hedge != null) {
      text.append("  hedge: ").append(route.hedge).append('\n');
    }
    return text.toString();
  }

  private static void describe(Destination to, StringBuilder text) {
    text.append("  ").append(to.percent).append(" % to ").append(to.service);
    text.append(to.subset.isEmpty() ? "" : " subset " + to.subset);
    if (to.problem != null) {
      text.append(": ").append(to.problem).append('\n');
      return;
    }
    text.append(", ").append(to.policy.balance.algorithm).append('\n');
    for (Candidate each : to.candidates) {
      text.append("    ").append(Hosts.withPort(each.endpoint.address, each.port));
      text.append(' ').append(each.endpoint.health).append(" weight ").append(each.endpoint.weight);
      text.append(' ').append(each.endpoint.locality).append(' ').append(each.endpoint.labels);
      text.append('\n');
    }
  }
}
