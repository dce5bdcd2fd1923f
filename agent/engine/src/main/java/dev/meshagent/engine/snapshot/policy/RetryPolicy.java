package dev.meshagent.engine.snapshot.policy;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Whether and how often a request is tried again. Immutable. */
public final class RetryPolicy extends Value {
  /** Never again. */
  public static final RetryPolicy NEVER =
      new RetryPolicy(
          0, EnumSet.noneOf(RetryOn.class), Collections.<Integer>emptySet(), 0, 0, 0, true, false);

  /** In force where nobody wrote one. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          2,
          EnumSet.of(
              RetryOn.CONNECT_FAILURE,
              RetryOn.REFUSED_STREAM,
              RetryOn.UNAVAILABLE,
              RetryOn.CANCELLED,
              RetryOn.IDEMPOTENT_RESET,
              RetryOn.IDEMPOTENT_503),
          Collections.<Integer>emptySet(),
          0,
          TimeUnit.MILLISECONDS.toNanos(25),
          TimeUnit.MILLISECONDS.toNanos(250),
          true,
          false);

  /** Attempts after the first. */
  public final int retries;

  public final Set<RetryOn> conditions;

  /** HTTP statuses that are retried beside the conditions. */
  public final Set<Integer> statuses;

  /** How long each attempt may take, in ns; 0 for as long as the call. */
  public final long perTryTimeoutNanos;

  /** The first backoff is drawn from 0 to this, in ns; each further one from twice as much. */
  public final long backoffBaseNanos;

  /** The most a backoff is drawn from, in ns. */
  public final long backoffMaxNanos;

  /** Whether endpoints already tried are left out while another is left. */
  public final boolean avoidPrevious;

  /** Whether a retry may go to any locality, whatever nearness says. */
  public final boolean remoteLocalities;

  public RetryPolicy(
      int retries,
      Set<RetryOn> conditions,
      Set<Integer> statuses,
      long perTryTimeoutNanos,
      long backoffBaseNanos,
      long backoffMaxNanos,
      boolean avoidPrevious,
      boolean remoteLocalities) {
    this.retries = retries;
    EnumSet<RetryOn> copy = EnumSet.noneOf(RetryOn.class);
    copy.addAll(conditions);
    this.conditions = Collections.unmodifiableSet(copy);
    this.statuses = Collections.unmodifiableSet(new TreeSet<>(statuses));
    this.perTryTimeoutNanos = perTryTimeoutNanos;
    this.backoffBaseNanos = backoffBaseNanos;
    this.backoffMaxNanos = backoffMaxNanos;
    this.avoidPrevious = avoidPrevious;
    this.remoteLocalities = remoteLocalities;
  }

  /** The most that the backoff before a retry may be, in ns; the actual one is drawn below it. */
  public long backoffCeilingNanos(int retry) {
    long ceiling = backoffBaseNanos;
    for (int i = 1; i < retry && ceiling < backoffMaxNanos; i++) {
      ceiling *= 2;
    }
    return Math.min(ceiling, backoffMaxNanos);
  }

  @Override
  protected Object[] fields() {
    return new Object[] {
      retries,
      conditions,
      statuses,
      perTryTimeoutNanos,
      backoffBaseNanos,
      backoffMaxNanos,
      avoidPrevious,
      remoteLocalities
    };
  }

  @Override
  public String toString() {
    return retries + " on " + conditions + (statuses.isEmpty() ? "" : statuses.toString());
  }
}
