package dev.meshagent.springboot;

/** One of the ways in which Spring's users call each other. Thread-safe. */
public interface Caller {
  /** How it is asked for. */
  String name();

  /**
   * @param base scheme and host, such as {@code http://orders}
   * @return what {@code /who} answers there
   */
  String who(String base);
}
