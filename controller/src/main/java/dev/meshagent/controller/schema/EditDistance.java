package dev.meshagent.controller.schema;

import java.util.Locale;

/** How far a misspelt name is from the one that was meant (Levenshtein). Stateless. */
public final class EditDistance {
  /** Names are short; a long one is no slip of the pen. */
  private static final int LONGEST = 64;

  private EditDistance() {}

  /** Whether so many letters at most have to be added, left out or exchanged; case is nothing. */
  public static boolean within(String one, String other, int most) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    if (a.length() > LONGEST || Math.abs(a.length() - b.length()) > most) {
      return false;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()] <= most;
  }
}
