package dev.meshagent.engine;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.Admission;
import dev.meshagent.engine.snapshot.Hosts;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.Route;
import java.util.concurrent.TimeUnit;

/** What failures say to a person: what happened, to which service, what was tried, what to do. */
final class Messages {
  private Messages() {}

  static String noSnapshot(ServiceId service) {
    return service
        + ": no snapshot from the controller within 1 s, and the service must not be called without"
        + " its policy; is the controller reachable?";
  }

  static String unknown(ServiceId service) {
    return "no service "
        + service
        + " is known: a route leads there, but the controller knows none of that name; correct the"
        + " route, or start or declare the service";
  }

  static String noRoute(ServiceId service, RequestHead head) {
    return service + ": no route fits " + head.method() + " " + head.pathAndQuery();
  }

  static String noWeight(ServiceId service, Route route) {
    return service + ": the weights of route '" + route.name + "' are all 0";
  }

  static String noSuchPort(ServiceId service, ServiceView view, int port) {
    return service
        + ": nobody offers port "
        + port
        + "; it has "
        + view.ports.offered(view.snapshot.endpoints)
        + ". Call one of these, or none for the primary port";
  }

  static String noSubset(ServiceId service, String subset) {
    return service
        + ": a route leads to subset '"
        + subset
        + "', which no DestinationRule defines; define it, or correct the route";
  }

  static String noEndpoint(
      ServiceId service, String subset, ServiceView view, Outcome last, long now) {
    return service
        + (subset.isEmpty() ? "" : " subset " + subset)
        + ": no endpoint left ("
        + view.standing(now)
        + ")"
        + (last == null
            ? "; is an instance running with the agent, and does it name this controller?"
            : lastError(last));
  }

  static String limit(ServiceId service, Admission admission, boolean connections) {
    return service
        + ": "
        + (connections
            ? admission.connections() + " connections are in use"
            : admission.active() + " requests are under way")
        + ", which is the limit, and "
        + admission.pending()
        + " wait already; send fewer at once, or raise the limits of its DestinationRule";
  }

  static String timeout(ServiceId service, long openedNanos, EngineAttempt last, long now) {
    return service
        + ": no answer within "
        + TimeUnit.NANOSECONDS.toMillis(now - openedNanos)
        + " ms"
        + tried(last);
  }

  static String connectFailed(
      ServiceId service, EngineAttempt attempt, ServiceView view, Outcome outcome, long now) {
    return service
        + ": no connection"
        + tried(attempt)
        + "; "
        + view.standing(now)
        + lastError(outcome);
  }

  private static String tried(EngineAttempt last) {
    if (last == null) {
      return "";
    }
    StringBuilder text = new StringBuilder(" after ").append(last.number);
    text.append(last.number == 1 ? " attempt (" : " attempts (");
    for (EngineAttempt each = last; each != null; each = each.previous) {
      text.append(Hosts.withPort(each.address, each.port));
      text.append(each.previous == null ? ")" : ", ");
    }
    return text.toString();
  }

  private static String lastError(Outcome outcome) {
    Throwable cause = outcome.cause;
    if (cause != null) {
      return "; last error: " + cause;
    }
    return outcome.status > 0
        ? "; last answer: " + outcome.status
        : "; last error: " + outcome.failure;
  }
}
