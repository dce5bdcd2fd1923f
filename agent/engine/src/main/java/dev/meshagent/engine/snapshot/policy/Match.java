package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Conditions that all must hold for a request; a null or empty one holds always. Immutable. */
public final class Match extends Value {
  /** Of the path without query. */
  public final StringMatch path;

  public final boolean ignorePathCase;
  public final StringMatch method;
  public final StringMatch scheme;

  /** Of the host as the application wrote it, with the port if it wrote one. */
  public final StringMatch authority;

  public final List<NamedMatch> headers;

  /** None of these may hold. */
  public final List<NamedMatch> withoutHeaders;

  public final List<NamedMatch> query;

  /** The port of the URL, or 0 for any. */
  public final int port;

  /** What the caller's labels must contain. */
  public final Map<String, String> sourceLabels;

  /** The caller's namespace; empty for any. */
  public final String sourceNamespace;

  /** The part of a gRPC path between the slashes. */
  public final StringMatch grpcService;

  /** The part of a gRPC path after the second slash. */
  public final StringMatch grpcMethod;

  private Match(Builder builder) {
    path = builder.path;
    ignorePathCase = builder.ignorePathCase;
    method = builder.method;
    scheme = builder.scheme;
    authority = builder.authority;
    headers = copy(builder.headers);
    withoutHeaders = copy(builder.withoutHeaders);
    query = copy(builder.query);
    port = builder.port;
    sourceLabels = Collections.unmodifiableMap(new TreeMap<>(builder.sourceLabels));
    sourceNamespace = builder.sourceNamespace;
    grpcService = builder.grpcService;
    grpcMethod = builder.grpcMethod;
  }

  /** Collects a match; the fields mean what they mean there. */
  public static final class Builder {
    public StringMatch path;
    public boolean ignorePathCase;
    public StringMatch method;
    public StringMatch scheme;
    public StringMatch authority;
    public List<NamedMatch> headers = new ArrayList<>();
    public List<NamedMatch> withoutHeaders = new ArrayList<>();
    public List<NamedMatch> query = new ArrayList<>();
    public int port;
    public Map<String, String> sourceLabels = new TreeMap<>();
    public String sourceNamespace = "";
    public StringMatch grpcService;
    public StringMatch grpcMethod;

    public Builder path(StringMatch match) {
      path = match;
      return this;
    }

    public Builder method(String exact) {
      method = StringMatch.exact(exact);
      return this;
    }

    public Builder header(String name, StringMatch match) {
      headers.add(new NamedMatch(name, match));
      return this;
    }

    public Builder query(String name, StringMatch match) {
      query.add(new NamedMatch(name, match));
      return this;
    }

    public Match build() {
      return new Match(this);
    }
  }

  @Override
  protected Object[] fields() {
    return new Object[] {
      path,
      ignorePathCase,
      method,
      scheme,
      authority,
      headers,
      withoutHeaders,
      query,
      port,
      sourceLabels,
      sourceNamespace,
      grpcService,
      grpcMethod
    };
  }
}
