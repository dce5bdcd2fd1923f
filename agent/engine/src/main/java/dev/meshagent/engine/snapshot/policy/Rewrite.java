package dev.meshagent.engine.snapshot.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Changes what the server sees of the path and the authority; an empty part stays. Immutable. */
public final class Rewrite extends Value {
  /** Replaces the whole path; the query stays. */
  public final String path;

  /** Replaces the matched prefix; null for no such rewrite, empty to take it away. */
  public final String prefix;

  /** What in the path is replaced by {@link #substitution}, in RE2's syntax. */
  public final String regex;

  /** With {@code \1} for the first group, as Envoy writes it. */
  public final String substitution;

  public final String authority;
  private final Pattern pattern;
  private final String replacement;

  /**
   * Makes a rewrite.
   *
   * @throws IllegalArgumentException if the regular expression is none
   */
  public Rewrite(String path, String prefix, String regex, String substitution, String authority) {
    this.path = path;
    this.prefix = prefix;
    this.regex = regex;
    this.substitution = substitution;
    this.authority = authority;
    try {
      this.pattern = regex.isEmpty() ? null : Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not an RE2 expression: " + e.getMessage(), e);
    }
    this.replacement = substitution.replace("$", "\\$").replaceAll("\\\\(\\d)", "\\$$1");
  }

  /** The path after the rewrite; {@code matchedPrefix} is how long the prefix was that matched. */
  public String path(String pathAndQuery, int matchedPrefix) {
    int question = pathAndQuery.indexOf('?');
    String before = question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
    String query = question < 0 ? "" : pathAndQuery.substring(question);
    if (!path.isEmpty()) {
      return path + query;
    }
    if (prefix != null) {
      return join(prefix, before.substring(Math.min(matchedPrefix, before.length()))) + query;
    }
    if (pattern != null) {
      return pattern.matcher(before).replaceAll(replacement) + query;
    }
    return pathAndQuery;
  }

  /** Puts a new prefix before the rest with one slash between, and never makes an empty path. */
  public static String join(String newPrefix, String rest) {
    if (newPrefix.endsWith("/") && rest.startsWith("/")) {
      return newPrefix + rest.substring(1);
    }
    String joined =
        rest.isEmpty() || rest.startsWith("/") || newPrefix.endsWith("/")
            ? newPrefix + rest
            : newPrefix + "/" + rest;
    return joined.startsWith("/") ? joined : "/" + joined;
  }

  @Override
  protected Object[] fields() {
    return new Object[] {path, prefix, regex, substitution, authority};
  }
}
