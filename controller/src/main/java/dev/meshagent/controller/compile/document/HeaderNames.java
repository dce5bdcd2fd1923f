package dev.meshagent.controller.compile.document;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which headers policy may change. Stateless. */
public final class HeaderNames {
  /** They frame the message: the library alone knows what belongs there. */
  private static final Set<String> FRAMING =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HeaderNames() {}

  /** The names that both dialects list under {@code remove}; wrong ones are errors there. */
  public static List<String> removed(Node node) {
    List<String> names = node.texts("remove");
    for (String name : names) {
      String problem = problem(name);
      if (problem != null) {
        node.error("remove", problem);
      }
    }
    return names;
  }

  /** Why a header of that name cannot be changed; null if it can. */
  public static String problem(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("host") || lower.equals(":authority")) {
      return "the authority is changed by a rewrite, not as a header; use the route's rewrite";
    }
    if (!Texts.isToken(name)) {
      return "'" + name + "' is no name of a header (RFC 9110)";
    }
    if (FRAMING.contains(lower)) {
      return lower + " frames the message and belongs to the library; take it out";
    }
    return null;
  }

  /** Why a header cannot have that value; null if it can. */
  public static String valueProblem(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        return "holds a control character, which no header may; take it out";
      }
    }
    return null;
  }
}
