package dev.meshagent.engine.snapshot.policy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Answers without asking a server. Immutable. */
public final class DirectResponse extends Value {
  public final int status;
  public final Map<String, String> headers;

  /** UTF-8. */
  public final String body;

  public DirectResponse(int status, Map<String, String> headers, String body) {
    this.status = status;
    this.headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    this.body = body;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {status, headers, body};
  }
}
