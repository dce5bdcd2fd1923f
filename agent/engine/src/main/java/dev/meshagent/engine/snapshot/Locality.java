package dev.meshagent.engine.snapshot;

/**
 * Where a workload runs, in Istio's notation {@code region/zone/subzone}; a part that is not known
 * is empty. Immutable.
 */
public final class Locality {
  public static final Locality UNKNOWN = new Locality("", "", "");

  public final String region;
  public final String zone;
  public final String subzone;

  public Locality(String region, String zone, String subzone) {
    this.region = region;
    this.zone = zone;
    this.subzone = subzone;
  }

  /** Reads {@code region/zone/subzone}; missing parts are empty, parts after the third an error. */
  public static Locality parse(String text) {
    if (text == null || text.isEmpty()) {
      return UNKNOWN;
    }
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "not a locality: '" + text + "'; expected region/zone/subzone");
    }
    return new Locality(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Locality && other.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return subzone.isEmpty()
        ? zone.isEmpty() ? region : region + "/" + zone
        : region + "/" + zone + "/" + subzone;
  }
}
