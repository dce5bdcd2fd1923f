package dev.meshagent.engine;

import dev.meshagent.engine.balance.EndpointState;
import dev.meshagent.engine.balance.Hashing;
import dev.meshagent.engine.balance.Picking;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.resilience.QuantileEstimate;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;

/**
 * The attempts that a call has made, newest first, and what the next choice has to know of them. A
 * call extends it, rather than holding one, so that it stays a single object.
 */
abstract class AttemptChain implements Picking {
  final RequestHead head;

  /** The newest attempt, or null. Written by the call's thread, read by whoever cancels. */
  volatile EngineAttempt last;

  private long hash;
  private boolean hashKnown;
  private boolean hashed;

  AttemptChain(RequestHead head) {
    this.head = head;
  }

  /** The retry policy in force. */
  abstract RetryPolicy retry();

  /** What the pool that is chosen from hashes by, or null. */
  abstract HashKey hashKey();

  /** Who calls. */
  abstract Source source();

  final boolean anyInFlight() {
    for (EngineAttempt each = last; each != null; each = each.previous) {
      if (each.inFlight()) {
        return true;
      }
    }
    return false;
  }

  /** The preferred address first, the next one each time the endpoint is tried again. */
  final String addressFor(EndpointState state, Endpoint endpoint) {
    int tries = 0;
    for (EngineAttempt each = last; each != null; each = each.previous) {
      tries += each.state == state ? 1 : 0;
    }
    return tries == 0
        ? state.address(endpoint)
        : endpoint.addresses.get(tries % endpoint.addresses.size());
  }

  /**
   * Lets go of what is in flight but for the winner; that it took so long already is learned.
   *
   * @param winner null for none
   * @param latency of the route, or null where nobody needs it
   */
  final void abandon(EngineAttempt winner, QuantileEstimate latency, long now) {
    for (EngineAttempt each = last; each != null; each = each.previous) {
      if (each == winner) {
        continue;
      }
      if (each.inFlight()) {
        long took = now - each.startedNanos;
        each.state.observeAtLeast(took, now);
        if (latency != null && each.number == 1) {
          // Were those left out that lost to a hedge, the percentile would sink, and hedges grow.
          latency.observe(took);
        }
      }
      each.release();
    }
  }

  @Override
  public final boolean tried(EndpointState endpoint) {
    return retry().avoidPrevious && attempted(last, endpoint);
  }

  /** Whether that attempt or one before it was made at the endpoint. */
  static boolean attempted(EngineAttempt newest, EndpointState endpoint) {
    for (EngineAttempt each = newest; each != null; each = each.previous) {
      if (each.state == endpoint) {
        return true;
      }
    }
    return false;
  }

  @Override
  public final boolean hashed() {
    HashKey key = hashKnown ? null : hashKey();
    if (key != null) {
      String value = HashKeys.value(key, head, source());
      hashed = value != null;
      hash = hashed ? Hashing.of(value) : 0;
    }
    hashKnown = true;
    return hashed;
  }

  @Override
  public final long hash() {
    return hashed() ? hash : 0;
  }

  @Override
  public final boolean anyLocality() {
    return last != null && retry().remoteLocalities;
  }
}
