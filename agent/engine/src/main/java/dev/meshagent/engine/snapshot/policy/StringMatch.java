package dev.meshagent.engine.snapshot.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Objects;

/** A condition on one text. Immutable. */
public final class StringMatch extends Value {
  /** How the text is compared. */
  public enum Kind {
    /** Equal. */
    EXACT,
    /** Begins with the value. */
    PREFIX,
    /** Begins with the value, and there ends or goes on with {@code /}: Gateway's PathPrefix. */
    PATH_PREFIX,
    /** The whole text matches, in RE2's syntax and linear time. */
    REGEX,
    /** Is there, whatever it is. */
    PRESENT
  }

  public static final StringMatch ANY = new StringMatch(Kind.PRESENT, "");

  public final Kind kind;
  public final String value;
  private final Pattern pattern;

  /**
   * Makes a condition.
   *
   * @throws IllegalArgumentException if a regular expression is none
   */
  public StringMatch(Kind kind, String value) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.value = Objects.requireNonNull(value, "value");
    try {
      this.pattern = kind == Kind.REGEX ? Pattern.compile(value) : null;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not an RE2 expression: " + e.getMessage(), e);
    }
  }

  public static StringMatch exact(String value) {
    return new StringMatch(Kind.EXACT, value);
  }

  public static StringMatch prefix(String value) {
    return new StringMatch(Kind.PREFIX, value);
  }

  public static StringMatch pathPrefix(String value) {
    return new StringMatch(Kind.PATH_PREFIX, value);
  }

  public static StringMatch regex(String value) {
    return new StringMatch(Kind.REGEX, value);
  }

  /** True if the text is there and fulfils the condition; null is not there. */
  public boolean matches(String text) {
    return matches(text, false);
  }

  /** As {@link #matches(String)}, without regard to case except for a regular expression. */
  public boolean matches(String text, boolean ignoreCase) {
    if (text == null) {
      return false;
    }
    switch (kind) {
      case EXACT:
        return ignoreCase ? value.equalsIgnoreCase(text) : value.equals(text);
      case PREFIX:
        return text.regionMatches(ignoreCase, 0, value, 0, value.length());
      case PATH_PREFIX:
        int length = prefixLength(value);
        return text.regionMatches(ignoreCase, 0, value, 0, length)
            && (text.length() == length || text.charAt(length) == '/');
      case REGEX:
        return pattern.matches(text);
      default:
        return true;
    }
  }

  /** A trailing slash of a PathPrefix does not count. */
  public static int prefixLength(String pathPrefix) {
    return pathPrefix.endsWith("/") ? pathPrefix.length() - 1 : pathPrefix.length();
  }

  @Override
  protected Object[] fields() {
    return new Object[] {kind, value};
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + " '" + value + "'";
  }
}
