package dev.meshagent.bench.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measurements of one thing, of which the middle one counts. Not thread-safe. */
public final class Median {
  private final List<Double> values = new ArrayList<>();

  public void add(double value) {
    values.add(value);
  }

  /**
   * @throws IllegalStateException if nothing was measured
   */
  public double value() {
    if (values.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  public double least() {
    return Collections.min(values);
  }

  public double most() {
    return Collections.max(values);
  }

  /**
   * What a part of the measurements stays below.
   *
   * @param part from 0 to 1
   */
  public double part(double part) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.min(sorted.size() - 1, part * sorted.size()));
  }
}
