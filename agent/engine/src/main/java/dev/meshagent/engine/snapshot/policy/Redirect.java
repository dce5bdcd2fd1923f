package dev.meshagent.engine.snapshot.policy;

/** Sends the caller elsewhere; an empty part stays as the request has it. Immutable. */
public final class Redirect extends Value {
  public final int status;
  public final String scheme;
  public final String host;

  /** 0 to keep the request's port; -1 for the one that the scheme implies. */
  public final int port;

  /** Replaces the path where not empty, and the query where it has one. */
  public final String path;

  /** Replaces the matched prefix where not empty. */
  public final String prefix;

  public Redirect(int status, String scheme, String host, int port, String path, String prefix) {
    this.status = status;
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.path = path;
    this.prefix = prefix;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {status, scheme, host, port, path, prefix};
  }
}
