package dev.meshagent.controller.write;

/** What becomes of fields that the kind does not have: {@code fieldValidation} of Kubernetes. */
public enum UnknownFields {
  /** The document is refused; what holds where nobody said otherwise. */
  STRICT,
  /** They are left out and warned of. */
  WARN,
  /** They are left out. */
  IGNORE;

  /**
   * @param text as in the query; empty for what holds by itself
   * @throws Rejection if it is none of them
   */
  public static UnknownFields of(String text) throws Rejection {
    return switch (text) {
      case "", "Strict" -> STRICT;
      case "Warn" -> WARN;
      case "Ignore" -> IGNORE;
      default ->
          throw Rejection.badRequest(
              "fieldValidation: '" + text + "'; write Strict, Warn or Ignore");
    };
  }
}
