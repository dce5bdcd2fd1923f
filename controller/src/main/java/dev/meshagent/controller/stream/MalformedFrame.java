package dev.meshagent.controller.stream;

/** A frame that does not say what the protocol lets it say; the message names the place. */
public final class MalformedFrame extends Exception {
  private static final long serialVersionUID = 1L;

  private final CloseReason reason;

  private MalformedFrame(CloseReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * @param path JSON path of the place, {@code $} for the whole
   */
  static MalformedFrame at(String path, String problem) {
    return new MalformedFrame(CloseReason.MALFORMED, path + ": " + problem);
  }

  /** A hello in a protocol that this controller does not speak. */
  static MalformedFrame otherProtocol(long theirs, int ours) {
    return new MalformedFrame(
        CloseReason.PROTOCOL,
        "the agent speaks control protocol "
            + theirs
            + ", this controller speaks "
            + ours
            + "; run versions of mesh-agent and mesh-controller that are at most one apart");
  }

  public CloseReason reason() {
    return reason;
  }
}
