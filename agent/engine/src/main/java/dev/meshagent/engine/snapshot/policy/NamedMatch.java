package dev.meshagent.engine.snapshot.policy;

/** A condition on a header or a query parameter. Immutable. */
public final class NamedMatch extends Value {
  public final String name;
  public final StringMatch match;

  public NamedMatch(String name, StringMatch match) {
    this.name = name;
    this.match = match;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {name, match};
  }

  @Override
  public String toString() {
    return name + " " + match;
  }
}
