package dev.meshagent.engine.snapshot.policy;

/** How a caller encrypts to an endpoint. */
public enum TlsMode {
  /** Mutual TLS whenever the endpoint offers it: the default. */
  AUTO("auto"),
  /** Never. */
  DISABLE("disable"),
  /** Mutual TLS with the mesh's identities, or not at all. */
  ISTIO_MUTUAL("istioMutual"),
  /** TLS to the endpoint's own certificate. */
  SIMPLE("simple"),
  /** TLS with certificates of one's own. */
  MUTUAL("mutual");

  /** As the snapshot writes it. */
  public final String text;

  TlsMode(String text) {
    this.text = text;
  }
}
