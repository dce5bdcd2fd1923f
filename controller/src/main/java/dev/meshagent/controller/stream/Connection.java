package dev.meshagent.controller.stream;

import dev.meshagent.controller.push.Push;
import java.util.concurrent.CompletionStage;

/** The transport of one control stream, as a session needs it. Thread-safe. */
public interface Connection {
  /** The IP address that the agent connects from, as a literal. */
  String remoteAddress();

  /**
   * Sends one text frame; completes when the transport has taken it and has room for the next, or
   * exceptionally when it is closed.
   */
  CompletionStage<Void> send(Push frame);

  /** Closes after what was sent before. Does nothing if it is closed. */
  void close(CloseReason reason);
}
