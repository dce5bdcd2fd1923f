package dev.meshagent.engine.snapshot.policy;

/** A copy of a share of the calls, whose answers nobody sees. Immutable. */
public final class Mirror extends Value {
  public final Destination destination;

  /** Of the calls, 0 to 100. */
  public final double percent;

  public Mirror(Destination destination, double percent) {
    this.destination = destination;
    this.percent = percent;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {destination, percent};
  }
}
