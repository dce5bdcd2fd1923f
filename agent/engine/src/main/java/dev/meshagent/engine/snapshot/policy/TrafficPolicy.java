package dev.meshagent.engine.snapshot.policy;

/** How calls reach a service or one of its subsets, whichever route they took. Immutable. */
public final class TrafficPolicy extends Value {
  /** Retries as a share of requests; finagle's default. */
  public static final double DEFAULT_BUDGET_PERCENT = 20;

  /** Retries a second that are free; finagle's default. */
  public static final double DEFAULT_BUDGET_FREE_PER_SECOND = 10;

  public static final TrafficPolicy DEFAULT =
      new TrafficPolicy(
          BalancePolicy.DEFAULT,
          Limits.NONE,
          EjectionPolicy.DEFAULT,
          DEFAULT_BUDGET_PERCENT,
          DEFAULT_BUDGET_FREE_PER_SECOND,
          TlsMode.AUTO);

  public final BalancePolicy balance;
  public final Limits limits;
  public final EjectionPolicy ejection;

  /** Retries as a share of requests, in percent. */
  public final double budgetPercent;

  /** Retries a second that are free. */
  public final double budgetFreePerSecond;

  public final TlsMode tls;

  public TrafficPolicy(
      BalancePolicy balance,
      Limits limits,
      EjectionPolicy ejection,
      double budgetPercent,
      double budgetFreePerSecond,
      TlsMode tls) {
    this.balance = balance;
    this.limits = limits;
    this.ejection = ejection;
    this.budgetPercent = budgetPercent;
    this.budgetFreePerSecond = budgetFreePerSecond;
    this.tls = tls;
  }

  /** The defaults with another balancer. */
  public static TrafficPolicy balancing(BalancePolicy balance) {
    return DEFAULT.with(balance);
  }

  public TrafficPolicy with(BalancePolicy newBalance) {
    return new TrafficPolicy(newBalance, limits, ejection, budgetPercent, budgetFreePerSecond, tls);
  }

  public TrafficPolicy with(Limits newLimits) {
    return new TrafficPolicy(balance, newLimits, ejection, budgetPercent, budgetFreePerSecond, tls);
  }

  public TrafficPolicy with(EjectionPolicy newEjection) {
    return new TrafficPolicy(balance, limits, newEjection, budgetPercent, budgetFreePerSecond, tls);
  }

  @Override
  protected Object[] fields() {
    return new Object[] {balance, limits, ejection, budgetPercent, budgetFreePerSecond, tls};
  }
}
