package dev.meshagent.engine.snapshot.codec;

import java.io.IOException;

/** A snapshot that cannot be obeyed as it is written; the last good one stays in force. */
public final class SnapshotFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Where, as {@code $.endpoints[2].uid}. */
  public final String path;

  /** Why, without the path. */
  public final String reason;

  public SnapshotFormatException(String path, String reason) {
    super(path + ": " + reason);
    this.path = path;
    this.reason = reason;
  }
}
