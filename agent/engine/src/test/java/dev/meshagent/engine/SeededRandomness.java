package dev.meshagent.engine;

import java.util.Random;

/** Chances that can be repeated. */
public final class SeededRandomness implements Randomness {
  private final Random random;

  public SeededRandomness(long seed) {
    random = new Random(seed);
  }

  @Override
  public synchronized long nextLong() {
    return random.nextLong();
  }

  @Override
  public synchronized int nextInt(int bound) {
    return random.nextInt(bound);
  }
}
