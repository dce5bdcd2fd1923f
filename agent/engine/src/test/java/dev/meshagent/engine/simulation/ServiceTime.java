package dev.meshagent.engine.simulation;

import java.util.Random;

/** How long a server works on a request, in ns. */
interface ServiceTime {
  long nanos(Random random);

  static ServiceTime constant(double millis) {
    return random -> (long) (millis * 1e6);
  }

  /** Memoryless, as queueing theory likes it: a long tail. */
  static ServiceTime exponential(double meanMillis) {
    return random -> (long) (-Math.log(1 - random.nextDouble()) * meanMillis * 1e6);
  }

  /**
   * As services often are: most answers near the median, some far above. With sigma 0.3 one in a
   * hundred takes double the median.
   */
  static ServiceTime logNormal(double medianMillis, double sigma) {
    return random -> (long) (Math.exp(random.nextGaussian() * sigma) * medianMillis * 1e6);
  }
}
