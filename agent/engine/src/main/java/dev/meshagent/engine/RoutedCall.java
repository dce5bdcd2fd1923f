package dev.meshagent.engine;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.call.Step.Fail.Reason;
import dev.meshagent.engine.routing.Queries;
import dev.meshagent.engine.routing.RedirectTarget;
import dev.meshagent.engine.routing.Rule;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.stats.OutcomeClass;

/**
 * Where a call goes: which service its host means, which route its head fits, and what the route
 * says of all its attempts. Decided once, whatever snapshots come meanwhile.
 */
abstract class RoutedCall extends CallLife {
  /** The rule that the head fits; null where there are none. */
  private Rule rule;

  /** Null until the call is routed. */
  CompiledRoute route;

  ServiceState targetService;

  /** Not before this time, in ns: the end of a delay fault or of a backoff. */
  long notBeforeNanos;

  /** In ns; {@link Long#MAX_VALUE} for none. */
  long deadlineNanos = Long.MAX_VALUE;

  /** True if the call ends with an abort fault. */
  boolean abort;

  RoutedCall(Engine engine, String library, RequestHead head, ServiceState service) {
    super(engine, library, head, service);
  }

  /** Finds where the call goes; answers a step if that is not known yet, or nowhere. */
  final Step route(long now) {
    ServiceView view = service.view;
    return view == null ? awaitSnapshot(service, now) : takeRoute(view, now);
  }

  /** Finds the service; answers a step if there is none, or not yet. */
  final Step awaitNames(long now) {
    Engine.Names names = engine.names();
    if (names != null) {
      ServiceState found = engine.resolve(names, head.host(), now);
      service = found;
      return found == null ? pass() : null;
    }
    long left = engine.settings.namesDeadlineNanos - now;
    if (left <= 0) {
      return pass();
    }
    return Waits.forNames(engine, left);
  }

  final Step awaitSnapshot(ServiceState waited, long now) {
    long left = waited.wantedAtNanos + engine.settings.snapshotWaitNanos - now;
    if (left > 0) {
      return Waits.forSnapshot(waited, left);
    }
    // A route to another service must not end at the one that was called.
    if (waited != service || engine.onAgentError(waited.id) == OnAgentError.FAIL) {
      return fail(
          Reason.AGENT_ERROR,
          engine.knows(waited.id) ? Messages.noSnapshot(waited.id) : Messages.unknown(waited.id));
    }
    return pass();
  }

  /** Decides where the call goes; answers a step if it goes nowhere. */
  private Step takeRoute(ServiceView view, long now) {
    if (!view.router().isEmpty()) {
      rule = view.router().match(head, engine.source);
      if (rule == null) {
        return respond(
            Answers.refuse(
                head, 404, GrpcStatus.UNIMPLEMENTED, Messages.noRoute(service.id, head)));
      }
    }
    CompiledRoute taken = view.route(rule);
    if (taken.route.redirect != null) {
      String location = RedirectTarget.of(taken.route.redirect, head, matchedPrefix(rule));
      end = new Step.Redirect(taken.route.redirect.status, location);
      endCall(OutcomeClass.SUCCESS);
      return end;
    }
    if (taken.route.response != null) {
      return respond(Answers.of(taken.route.response, head));
    }
    target = taken.choose(head, engine.source, engine.random);
    if (target == null) {
      return respond(
          Answers.refuse(
              head, 503, GrpcStatus.UNAVAILABLE, Messages.noWeight(service.id, taken.route)));
    }
    targetService = target.service == null ? service : engine.wanted(target.service, now);
    deadlineNanos = Deadlines.of(taken.route.timeoutNanos, head, openedNanos);
    if (taken.route.fault != null) {
      drawFault(taken.route.fault, now);
    }
    route = taken;
    return null;
  }

  private void drawFault(Fault fault, long now) {
    if (fault.delayNanos > 0 && engine.drawn(fault.delayPercent)) {
      notBeforeNanos = now + fault.delayNanos;
    }
    abort = engine.drawn(fault.abortPercent);
  }

  /** What is left of the time for the whole call, in ns. */
  final long leftNanos(long now) {
    return deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - now;
  }

  final long attemptTimeout(long now) {
    long left = leftNanos(now);
    long perTry = route.retry.perTryTimeoutNanos;
    return perTry > 0 ? Math.min(perTry, left) : left;
  }

  final CompiledRoute.Target target() {
    return target;
  }

  private int matchedPrefix(Rule of) {
    return of == null ? 0 : of.matchedPrefix(Queries.path(head.pathAndQuery()));
  }

  final String rewrittenPath() {
    if (route.route.rewrite == null) {
      return null;
    }
    String before = head.pathAndQuery();
    String after = route.route.rewrite.path(before, matchedPrefix(rule));
    return after.equals(before) ? null : after;
  }

  final String rewrittenAuthority() {
    return route.route.rewrite == null || route.route.rewrite.authority.isEmpty()
        ? null
        : route.route.rewrite.authority;
  }

  @Override
  final RetryPolicy retry() {
    return route.retry;
  }

  @Override
  final Source source() {
    return engine.source;
  }
}
