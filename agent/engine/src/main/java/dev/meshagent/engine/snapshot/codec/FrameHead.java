package dev.meshagent.engine.snapshot.codec;

import dev.meshagent.engine.snapshot.ServiceId;
import java.io.IOException;

/** What the frames about one service begin with. Used by one thread, while it reads one frame. */
final class FrameHead {
  /** Null until it was read. */
  ServiceId service;

  /** Null until it was read. */
  String epoch;

  /** -1 until it was read. */
  long seq = -1;

  /** Reads a field that the frame itself does not know; skips it if it is none of the head. */
  void read(String field, JsonIn in) throws IOException {
    switch (field) {
      case "type":
        in.text();
        break;
      case "service":
        service = SnapshotCodec.readId(in);
        break;
      case "epoch":
        epoch = in.text();
        break;
      case "seq":
        seq = in.number(0, Long.MAX_VALUE);
        break;
      default:
        in.skipUnknown();
    }
  }
}
