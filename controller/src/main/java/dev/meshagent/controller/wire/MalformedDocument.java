package dev.meshagent.controller.wire;

/** A text is no document that is read here; the message says where and why. */
public final class MalformedDocument extends Exception {
  private static final long serialVersionUID = 1;

  MalformedDocument(String message) {
    super(message);
  }

  MalformedDocument(String message, Throwable cause) {
    super(message, cause);
  }
}
