package dev.meshagent.controller.store;

/** A batch could not be made durable, such as on a full disk; nothing was changed. */
public final class StoreFailure extends Exception {
  private static final long serialVersionUID = 1;

  public StoreFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
