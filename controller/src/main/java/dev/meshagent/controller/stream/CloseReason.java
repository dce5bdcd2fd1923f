package dev.meshagent.controller.stream;

/** Why the controller closes a control stream: the code of its error frame and of the close. */
public enum CloseReason {
  MALFORMED("malformed", 4000),
  PROTOCOL("protocol", 4001),
  /** The same process opened another connection. */
  REPLACED("replaced", 4002),
  /** Nothing came for a whole lease. */
  SILENT("silent", 4003),
  /** What the controller sent was not answered for a whole lease. */
  UNANSWERED("unanswered", 4004),
  /** RFC 6455 §7.4.1: going away. */
  STOPPING("stopping", 1001);

  public final String code;

  /** WebSocket close code; 4000 to 4999 are for private use (RFC 6455 §7.4.2). */
  public final int closeCode;

  CloseReason(String code, int closeCode) {
    this.code = code;
    this.closeCode = closeCode;
  }
}
