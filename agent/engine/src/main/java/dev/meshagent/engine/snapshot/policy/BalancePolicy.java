package dev.meshagent.engine.snapshot.policy;

/** How an endpoint is chosen among equals. Immutable. */
public final class BalancePolicy extends Value {
  /** The ways to choose. */
  public enum Algorithm {
    /** Two choices on latency × load: the default. */
    LATENCY_AWARE,
    /** Two choices on load. */
    LEAST_REQUEST,
    /** In turn, smoothly weighted. */
    ROUND_ROBIN,
    /** By chance, weighted. */
    RANDOM,
    /** By the request's hash on a ring. */
    RING_HASH,
    /** By the request's hash in a Maglev table. */
    MAGLEV
  }

  /** Envoy's defaults. */
  public static final int DEFAULT_RING_MINIMUM = 1024;

  public static final int RING_MAXIMUM = 8 << 20;
  public static final int DEFAULT_TABLE_SIZE = 65537;

  /** Finagle's default for its deterministic aperture. */
  public static final int DEFAULT_APERTURE = 12;

  public static final BalancePolicy DEFAULT =
      new BalancePolicy(
          Algorithm.LATENCY_AWARE,
          null,
          DEFAULT_RING_MINIMUM,
          DEFAULT_TABLE_SIZE,
          null,
          LocalityPolicy.DEFAULT,
          DEFAULT_APERTURE);

  public final Algorithm algorithm;

  /** What is hashed; null, or absent in a request, for chance. */
  public final HashKey hash;

  public final int ringMinimum;

  /** A prime. */
  public final int tableSize;

  /** Null for none. */
  public final SlowStart slowStart;

  public final LocalityPolicy locality;

  /** The fewest endpoints that a caller keeps to; 0 for all of them always. */
  public final int aperture;

  public BalancePolicy(
      Algorithm algorithm,
      HashKey hash,
      int ringMinimum,
      int tableSize,
      SlowStart slowStart,
      LocalityPolicy locality,
      int aperture) {
    this.algorithm = algorithm;
    this.hash = hash;
    this.ringMinimum = ringMinimum;
    this.tableSize = tableSize;
    this.slowStart = slowStart;
    this.locality = locality;
    this.aperture = aperture;
  }

  /** The defaults with another algorithm. */
  public static BalancePolicy of(Algorithm algorithm) {
    return new BalancePolicy(
        algorithm,
        null,
        DEFAULT_RING_MINIMUM,
        DEFAULT_TABLE_SIZE,
        null,
        LocalityPolicy.DEFAULT,
        DEFAULT_APERTURE);
  }

  /** This policy with another hash key. */
  public BalancePolicy hashing(HashKey key) {
    return new BalancePolicy(algorithm, key, ringMinimum, tableSize, slowStart, locality, aperture);
  }

  /** This policy with a slow start. */
  public BalancePolicy starting(SlowStart slow) {
    return new BalancePolicy(algorithm, hash, ringMinimum, tableSize, slow, locality, aperture);
  }

  /** This policy with other localities. */
  public BalancePolicy near(LocalityPolicy newLocality) {
    return new BalancePolicy(
        algorithm, hash, ringMinimum, tableSize, slowStart, newLocality, aperture);
  }

  @Override
  protected Object[] fields() {
    return new Object[] {algorithm, hash, ringMinimum, tableSize, slowStart, locality, aperture};
  }
}
