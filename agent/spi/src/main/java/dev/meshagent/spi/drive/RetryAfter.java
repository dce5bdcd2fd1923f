package dev.meshagent.spi.drive;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/** Reads the header Retry-After (RFC 9110 section 10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * What a response asks for: a number of seconds, or a date, which is a time from now by this
   * machine's clock. The obsolete forms of dates are not heeded.
   *
   * @param status the response's status
   * @param value the header's value, or null
   * @return in ns, 0 for a time that has passed; -1 for none
   */
  public static long nanos(int status, String value) {
    if (status < 300 || value == null) {
      return -1;
    }
    String asked = value.trim();
    try {
      return TimeUnit.SECONDS.toNanos(Math.max(0, Long.parseLong(asked)));
    } catch (NumberFormatException date) {
      return untilDate(asked, System.currentTimeMillis());
    }
  }

  static long untilDate(String date, long nowMillis) {
    try {
      long then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)).toEpochMilli();
      return TimeUnit.MILLISECONDS.toNanos(Math.max(0, then - nowMillis));
    } catch (DateTimeException neither) {
      return -1;
    }
  }
}
