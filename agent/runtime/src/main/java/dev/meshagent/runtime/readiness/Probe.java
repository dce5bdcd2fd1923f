package dev.meshagent.runtime.readiness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How to find out whether this process is ready, as the controller told it. Immutable. */
public final class Probe {
  /** To be asked by HTTP for {@link #path}; else a connection is enough. */
  public final boolean http;

  public final String host;
  public final int port;

  /** Begins with a slash. */
  public final String path;

  /** Whole lines, such as {@code X-Probe: 1}. */
  public final List<String> headers;

  public final long initialDelayMillis;
  public final long periodMillis;
  public final int timeoutMillis;

  /** So many successes on end make it ready. */
  public final int successThreshold;

  /** So many failures on end make it not ready. */
  public final int failureThreshold;

  private Probe(Builder builder) {
    http = builder.http;
    host = builder.host;
    port = builder.port;
    path = builder.path;
    headers = Collections.unmodifiableList(new ArrayList<>(builder.headers));
    initialDelayMillis = builder.initialDelayMillis;
    periodMillis = builder.periodMillis;
    timeoutMillis = builder.timeoutMillis;
    successThreshold = builder.successThreshold;
    failureThreshold = builder.failureThreshold;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Probe && ((Probe) other).toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** What is asked, for a person. */
  String target() {
    return (http ? "http://" : "tcp://") + host + ":" + port + (http ? path : "");
  }

  @Override
  public String toString() {
    return target()
        + headers
        + " after "
        + initialDelayMillis
        + " ms, every "
        + periodMillis
        + " ms, within "
        + timeoutMillis
        + " ms, "
        + successThreshold
        + "/"
        + failureThreshold;
  }

  /** A probe in the making; with Kubernetes' defaults. */
  public static final class Builder {
    public boolean http;
    public String host = "127.0.0.1";
    public int port;
    public String path = "/";
    public List<String> headers = new ArrayList<>();
    public long initialDelayMillis;
    public long periodMillis = 10_000;
    public int timeoutMillis = 1_000;
    public int successThreshold = 1;
    public int failureThreshold = 3;

    public Probe build() {
      return new Probe(this);
    }
  }
}
