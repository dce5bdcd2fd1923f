package dev.meshagent.engine.snapshot.policy;

/** What of a request decides where it sticks. Immutable. */
public final class HashKey extends Value {
  /** Where the value comes from. */
  public enum Source {
    HEADER,
    COOKIE,
    QUERY,
    /** The address that the calling process is reached at: the same for all of its calls. */
    SOURCE_IP
  }

  public final Source source;

  /** The name of the header, cookie or parameter. */
  public final String name;

  public HashKey(Source source, String name) {
    this.source = source;
    this.name = name;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {source, name};
  }
}
