package dev.meshagent.controller.rest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chooses objects by their labels, in the words of Kubernetes: {@code a=b}, {@code a==b}, {@code
 * a!=b}, {@code a in (b,c)}, {@code a notin (b,c)}, {@code a}, {@code !a}, all of which must hold.
 * Immutable.
 */
record LabelSelector(List<Requirement> requirements) {
  private static final String KEY = "([A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?)";
  private static final Pattern EQUALITY =
      Pattern.compile(KEY + "\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)");
  private static final Pattern SET =
      Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([A-Za-z0-9._,\\s-]*)\\)");
  private static final Pattern PRESENCE = Pattern.compile("(!?)\\s*" + KEY);

  /** A comma that is not inside parentheses. */
  private static final Pattern BETWEEN = Pattern.compile(",(?![^(]*\\))");

  /**
   * @param values what the label may be, or may not be; empty if only its presence matters
   * @param wanted whether it has to be so or has to be otherwise
   */
  record Requirement(String key, Optional<Set<String>> values, boolean wanted) {
    boolean holds(Map<String, String> labels) {
      String value = labels.get(key);
      boolean so = value != null && (values.isEmpty() || values.get().contains(value));
      return so == wanted;
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no selector
   */
  static LabelSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    if (!text.isBlank()) {
      for (String part : BETWEEN.split(text, -1)) {
        requirements.add(requirement(part.strip()));
      }
    }
    return new LabelSelector(List.copyOf(requirements));
  }

  private static Requirement requirement(String text) {
    Matcher equality = EQUALITY.matcher(text);
    if (equality.matches()) {
      return new Requirement(
          equality.group(1),
          Optional.of(Set.of(equality.group(3))),
          !equality.group(2).equals("!="));
    }
    Matcher set = SET.matcher(text);
    if (set.matches()) {
      Set<String> values =
          Arrays.stream(set.group(3).split(",", -1))
              .map(String::strip)
              .collect(Collectors.toUnmodifiableSet());
      return new Requirement(set.group(1), Optional.of(values), set.group(2).equals("in"));
    }
    Matcher presence = PRESENCE.matcher(text);
    if (presence.matches()) {
      return new Requirement(presence.group(2), Optional.empty(), presence.group(1).isEmpty());
    }
    throw new IllegalArgumentException(
        "labelSelector: '" + text + "' is not understood; write a=b, a!=b, a in (b,c), a or !a");
  }

  boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(requirement -> requirement.holds(labels));
  }
}
