package dev.meshagent.engine.call;

/**
 * What the engine may ask about a request before it is sent. An adapter implements it over the
 * library's own request, so that nothing is copied; it is asked only on the thread that drives the
 * call, and not after the call ended.
 */
public interface RequestHead {
  /** {@code http} or {@code https}, lower case. */
  String scheme();

  /** The method as it will be sent, such as {@code GET}. */
  String method();

  /** The host as the application wrote it, without port and without the brackets of IPv6. */
  String host();

  /** The port as the application wrote it, or -1 where it wrote none. */
  int port();

  /** The path as it will be sent, percent-encoded, with the query if there is one. */
  String pathAndQuery();

  /**
   * The value of a header, by its name without regard to case; several values are joined by a
   * comma.
   *
   * @return null if the request has no such header
   */
  String header(String name);

  /** True if the body can be sent again from its start; a request without body can. */
  boolean repeatable();

  /** True for gRPC: retry conditions and outcomes are then judged by gRPC status. */
  boolean grpc();
}
