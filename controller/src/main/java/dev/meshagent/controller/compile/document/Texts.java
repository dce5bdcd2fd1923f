package dev.meshagent.controller.compile.document;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.Optional;

/** Checks of texts that several kinds share. Stateless. */
public final class Texts {
  private static final int LONGEST_REGEX = 1024;

  /** RFC 9110 §5.6.2. */
  private static final java.util.regex.Pattern TOKEN =
      java.util.regex.Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");

  private Texts() {}

  /** A regular expression at a field, if it is one in RE2's syntax; reports if not. */
  public static Optional<StringMatch> regex(Node node, String field, String value) {
    return regexProblem(node, field, value)
        ? Optional.empty()
        : Optional.of(StringMatch.regex(value));
  }

  /** Reports what is wrong with a regular expression; true if something is. */
  public static boolean regexProblem(Node node, String field, String value) {
    if (value.isEmpty()) {
      node.error(field, "is an empty regular expression; write one, or leave the field out");
      return true;
    }
    if (value.length() > LONGEST_REGEX) {
      node.error(
          field, "is longer than " + LONGEST_REGEX + " characters; write a shorter expression");
      return true;
    }
    try {
      Pattern.compile(value);
      return false;
    } catch (PatternSyntaxException e) {
      node.error(
          field,
          "is no regular expression in RE2's syntax: "
              + e.getMessage()
              + "; RE2 has no look-around and no back references");
      return true;
    }
  }

  public static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }
}
