package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.List;

/** What happens to the requests that one of its matches fits. Immutable. */
public final class Route extends Value {
  /** For metrics and explanations; empty if nobody named it. */
  public final String name;

  /** One must fit; none means that every request fits. */
  public final List<Match> matches;

  /** Empty for the called service itself. */
  public final List<Destination> destinations;

  /** Null for none; with a redirect or a response no destination is asked. */
  public final Redirect redirect;

  public final DirectResponse response;
  public final Rewrite rewrite;

  /** For the whole call with its retries, in ns; 0 for none. */
  public final long timeoutNanos;

  /** Null for the default. */
  public final RetryPolicy retry;

  public final Fault fault;
  public final List<Mirror> mirrors;
  public final HeaderOps requestHeaders;
  public final HeaderOps responseHeaders;
  public final Hedge hedge;

  /** What keeps a caller at one destination of several, or null to draw each time. */
  public final HashKey sticky;

  private Route(Builder builder) {
    name = builder.name;
    matches = copy(builder.matches);
    destinations = copy(builder.destinations);
    redirect = builder.redirect;
    response = builder.response;
    rewrite = builder.rewrite;
    timeoutNanos = builder.timeoutNanos;
    retry = builder.retry;
    fault = builder.fault;
    mirrors = copy(builder.mirrors);
    requestHeaders = builder.requestHeaders;
    responseHeaders = builder.responseHeaders;
    hedge = builder.hedge;
    sticky = builder.sticky;
  }

  /** Collects a route; the fields mean what they mean there. */
  public static final class Builder {
    public String name = "";
    public List<Match> matches = new ArrayList<>();
    public List<Destination> destinations = new ArrayList<>();
    public Redirect redirect;
    public DirectResponse response;
    public Rewrite rewrite;
    public long timeoutNanos;
    public RetryPolicy retry;
    public Fault fault;
    public List<Mirror> mirrors = new ArrayList<>();
    public HeaderOps requestHeaders = HeaderOps.NONE;
    public HeaderOps responseHeaders = HeaderOps.NONE;
    public Hedge hedge;
    public HashKey sticky;

    public Builder name(String newName) {
      name = newName;
      return this;
    }

    public Builder match(Match match) {
      matches.add(match);
      return this;
    }

    public Builder to(Destination destination) {
      destinations.add(destination);
      return this;
    }

    public Route build() {
      return new Route(this);
    }
  }

  @Override
  protected Object[] fields() {
    return new Object[] {
      name,
      matches,
      destinations,
      redirect,
      response,
      rewrite,
      timeoutNanos,
      retry,
      fault,
      mirrors,
      requestHeaders,
      responseHeaders,
      hedge,
      sticky
    };
  }
}
