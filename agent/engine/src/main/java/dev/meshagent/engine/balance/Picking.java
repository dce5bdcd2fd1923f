package dev.meshagent.engine.balance;

/** What a balancer may ask about the call that it picks for. Asked on the call's thread only. */
public interface Picking {
  /** True for an endpoint that the call is to avoid while another is left. */
  boolean tried(EndpointState endpoint);

  /** True if the request has the key that its service hashes by. */
  boolean hashed();

  /** The hash of that key. */
  long hash();

  /** True if nearness does not count for this attempt. */
  boolean anyLocality();
}
