package dev.meshagent.engine;

/**
 * Where the engine takes its chances from, so that a simulation can repeat them. Thread-safe
 * without contention: the agent gives it {@code ThreadLocalRandom}.
 */
public interface Randomness {
  /** Any 64 bits. */
  long nextLong();

  /** A number from 0 to below the bound, which is positive. */
  int nextInt(int bound);
}
