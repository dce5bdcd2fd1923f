package dev.meshagent.controller.compile.document;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as Go and Kubernetes write them: {@code 1h30m}, {@code 1.5s}, {@code 250ms}. */
public final class Durations {
  private static final Pattern WHOLE =
      Pattern.compile("([0-9]{1,12}(\\.[0-9]{1,9})?(ns|us|µs|ms|s|m|h)){1,8}");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

  /** Gateway API is narrower (GEP-2257). */
  private static final Pattern GATEWAY = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Durations() {}

  /** In ns; empty if the text is no duration, or one of more than 292 years. */
  public static OptionalLong nanos(String text) {
    if (text.equals("0")) {
      return OptionalLong.of(0);
    }
    if (!WHOLE.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      BigDecimal unit = BigDecimal.valueOf(NANOS.get(part.group(2)));
      sum = sum.add(new BigDecimal(part.group(1)).multiply(unit));
    }
    return sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(sum.longValue());
  }

  /** As {@link #nanos}, of what Gateway API allows alone. */
  public static OptionalLong gatewayNanos(String text) {
    return GATEWAY.matcher(text).matches() ? nanos(text) : OptionalLong.empty();
  }
}
