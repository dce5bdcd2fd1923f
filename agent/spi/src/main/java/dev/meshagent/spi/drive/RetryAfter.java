package dev.meshagent.spi.drive;

import java.util.concurrent.TimeUnit;

/** Reads the header Retry-After (RFC 9110 section 10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * What a response asks for. Its form in seconds is heeded, its form as a date is not.
   *
   * @param status the response's status
   * @param value the header's value, or null
   * @return in ns; -1 for none
   */
  public static long nanos(int status, String value) {
    if (status < 300 || value == null) {
      return -1;
    }
    try {
      return TimeUnit.SECONDS.toNanos(Math.max(0, Long.parseLong(value.trim())));
    } catch (NumberFormatException date) {
      return -1;
    }
  }
}
