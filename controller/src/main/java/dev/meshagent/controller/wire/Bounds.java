package dev.meshagent.controller.wire;

/**
 * How large a document may be, so that reading one costs a bounded amount of memory whatever it
 * says.
 */
public final class Bounds {
  /** Bytes of a body; what a Kubernetes API server takes. */
  public static final int BYTES = 3 * 1024 * 1024;

  /** Objects and lists within each other; no kind is a third as deep. */
  public static final int DEPTH = 64;

  /** Values, names and brackets of a body, aliases of YAML spelt out: some 10,000 objects. */
  public static final int TOKENS = 500_000;

  /** Digits of a number. */
  static final int DIGITS = 100;

  private Bounds() {}
}
