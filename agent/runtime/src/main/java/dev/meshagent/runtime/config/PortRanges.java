package dev.meshagent.runtime.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A set of TCP ports, written as numbers and ranges: {@code 8080;9000-9010}. Immutable. */
public final class PortRanges {
  public static final PortRanges NONE = new PortRanges(new int[0]);

  /** First and last of each range, alternating. */
  private final int[] bounds;

  private PortRanges(int[] bounds) {
    this.bounds = bounds;
  }

  /**
   * Reads a list of ports and ranges.
   *
   * @throws IllegalArgumentException naming the element that is none
   */
  static PortRanges parse(List<String> elements) {
    if (elements.isEmpty()) {
      return NONE;
    }
    List<Integer> bounds = new ArrayList<>();
    for (String element : elements) {
      int dash = element.indexOf('-');
      int first = port(dash < 0 ? element : element.substring(0, dash));
      int last = dash < 0 ? first : port(element.substring(dash + 1));
      if (last < first) {
        throw new IllegalArgumentException("'" + element + "' is an empty range");
      }
      bounds.add(first);
      bounds.add(last);
    }
    int[] array = new int[bounds.size()];
    Arrays.setAll(array, bounds::get);
    return new PortRanges(array);
  }

  /** Reads one port, 1 to 65535. */
  static int port(String text) {
    try {
      int port = Integer.parseInt(text.trim());
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + text + "' is no port from 1 to 65535");
  }

  public boolean isEmpty() {
    return bounds.length == 0;
  }

  public boolean contains(int port) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (bounds[i] <= port && port <= bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
