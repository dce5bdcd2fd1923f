package dev.meshagent.controller.patch;

/** A patch is none, or does not fit the document; the message says where and why. */
public final class PatchFailure extends Exception {
  private static final long serialVersionUID = 1;

  public PatchFailure(String message) {
    super(message);
  }
}
