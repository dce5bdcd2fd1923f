package dev.meshagent.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;

/** A figure of a simulation: printed on one line with its bound, then asserted. */
final class Figure {
  private Figure() {}

  static void atMost(String name, double figure, double bound, String unit) {
    print(name, figure, "at most", bound, unit);
    assertThat(figure).as(name).isLessThanOrEqualTo(bound);
  }

  static void atLeast(String name, double figure, double bound, String unit) {
    print(name, figure, "at least", bound, unit);
    assertThat(figure).as(name).isGreaterThanOrEqualTo(bound);
  }

  /** A figure that only helps to read the others. */
  static void note(String name, double figure, String unit) {
    System.out.println(
        String.format(Locale.ROOT, "simulation  %-66s %9.2f %s", name, figure, unit));
  }

  private static void print(
      String name, double figure, String relation, double bound, String unit) {
    System.out.println(
        String.format(
            Locale.ROOT,
            "simulation  %-66s %9.2f %-3s (%s %.2f)",
            name,
            figure,
            unit,
            relation,
            bound));
  }
}
