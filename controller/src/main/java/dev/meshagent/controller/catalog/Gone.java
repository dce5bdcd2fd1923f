package dev.meshagent.controller.catalog;

/** A version lies too far back to tell what changed since; list again. */
public final class Gone extends Exception {
  private static final long serialVersionUID = 1;

  Gone(long version, long oldest) {
    super("too old resource version: " + version + " (" + oldest + ")");
  }
}
