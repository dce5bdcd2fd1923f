package dev.meshagent.controller.telemetry;

import java.util.Locale;

/** What became of a call as the application saw it; docs/control-protocol.md defines the words. */
public enum CallOutcome {
  SUCCESS(true, false),
  /** The server answered that the caller is wrong (4xx): the mesh did its part. */
  CLIENT_ERROR(true, false),
  SERVER_ERROR(false, true),
  FAILURE(false, true),
  CANCELLED(false, false),
  /** A word that this controller does not know. */
  OTHER(false, false);

  /** Whether the service answered as it should. */
  public final boolean success;

  /** Whether the call failed by no fault of the caller. */
  public final boolean failure;

  CallOutcome(boolean success, boolean failure) {
    this.success = success;
    this.failure = failure;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static CallOutcome of(String word) {
    for (CallOutcome outcome : values()) {
      if (outcome.word().equals(word)) {
        return outcome;
      }
    }
    return OTHER;
  }
}
