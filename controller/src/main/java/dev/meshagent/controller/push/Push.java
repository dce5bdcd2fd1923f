package dev.meshagent.controller.push;

import java.nio.charset.StandardCharsets;

/**
 * A frame to send. Many agents may be sent one and the same, so its bytes are made once.
 * Thread-safe and immutable, but for the bytes, which nobody may change.
 */
public final class Push {
  private final String type;
  private final byte[] bytes;

  /**
   * @param type of the frame, as counters name it
   * @param json the whole frame
   */
  public Push(String type, String json) {
    this.type = type;
    this.bytes = json.getBytes(StandardCharsets.UTF_8);
  }

  public String type() {
    return type;
  }

  /** The frame as text, which is made for each asking; what is sent are the bytes. */
  public String json() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The frame in UTF-8; to be read only. */
  public byte[] bytes() {
    return bytes;
  }
}
