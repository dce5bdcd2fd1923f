package dev.meshagent.scripted;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What the application got. */
public final class Answer {
  public final int status;

  /** Empty where there was none. */
  public final String body;

  /** By name in lower case. */
  public final Map<String, String> headers = new HashMap<>();

  /**
   * @param body null where there was none
   */
  public Answer(int status, String body) {
    this.status = status;
    this.body = body == null ? "" : body;
  }

  /** Notes a header; the last of a name stays. */
  public void header(String name, String value) {
    headers.put(name.toLowerCase(Locale.ROOT), value);
  }
}
