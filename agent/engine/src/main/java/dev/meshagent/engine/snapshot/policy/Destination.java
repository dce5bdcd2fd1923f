package dev.meshagent.engine.snapshot.policy;

import dev.meshagent.engine.snapshot.ServiceId;

/** Where a share of a route's calls goes. Immutable. */
public final class Destination extends Value {
  /** The service, or null for the one that was called. */
  public final ServiceId service;

  /** A subset of that service; empty for all of it. */
  public final String subset;

  /** The port of that service, or 0 for the one that was called. */
  public final int port;

  /** Share relative to the weights of its siblings; 0 for none. */
  public final int weight;

  public final HeaderOps requestHeaders;
  public final HeaderOps responseHeaders;

  public Destination(
      ServiceId service,
      String subset,
      int port,
      int weight,
      HeaderOps requestHeaders,
      HeaderOps responseHeaders) {
    this.service = service;
    this.subset = subset;
    this.port = port;
    this.weight = weight;
    this.requestHeaders = requestHeaders;
    this.responseHeaders = responseHeaders;
  }

  /** A share of the called service itself. */
  public static Destination subset(String subset, int weight) {
    return new Destination(null, subset, 0, weight, HeaderOps.NONE, HeaderOps.NONE);
  }

  /** A share that goes to another service. */
  public static Destination service(ServiceId service, int weight) {
    return new Destination(service, "", 0, weight, HeaderOps.NONE, HeaderOps.NONE);
  }

  @Override
  protected Object[] fields() {
    return new Object[] {service, subset, port, weight, requestHeaders, responseHeaders};
  }
}
