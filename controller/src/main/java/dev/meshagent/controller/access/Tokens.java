package dev.meshagent.controller.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The bearer tokens that are good here and what for, from a file of lines {@code role name token};
 * empty lines and those that begin with {@code #} are nothing. Immutable. Keeps only digests: how
 * long it takes to look one up tells nothing about a token.
 */
public final class Tokens {
  /** Shorter ones can be guessed. */
  private static final int SHORTEST = 16;

  private final Map<String, Principal> byDigest;

  private Tokens(Map<String, Principal> byDigest) {
    this.byDigest = Map.copyOf(byDigest);
  }

  /**
   * @throws IOException if the file cannot be read, or a line is none; without what the line says
   */
  public static Tokens read(Path file) throws IOException {
    Map<String, Principal> byDigest = new HashMap<>();
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String at = file + ", line " + (i + 1) + ": ";
      String[] words = line.split("\\s+");
      if (words.length != 3) {
        throw new IOException(at + "write a role, a name and a token, such as: reader grafana …");
      }
      if (words[2].length() < SHORTEST) {
        throw new IOException(
            at + "the token is shorter than " + SHORTEST + " characters; draw a longer one");
      }
      if (byDigest.put(digest(words[2]), new Principal(words[1], role(words[0], at))) != null) {
        throw new IOException(at + "the token is there twice; draw one for each");
      }
    }
    if (byDigest.isEmpty()) {
      throw new IOException(
          file
              + " holds no token; write lines of a role (admin, reader, agent), a name and a token");
    }
    return new Tokens(byDigest);
  }

  private static Role role(String word, String at) throws IOException {
    for (Role role : Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(word)) {
        return role;
      }
    }
    throw new IOException(at + "'" + word + "' is no role; write admin, reader or agent");
  }

  /** Whose token it is; empty if nobody's. */
  public Optional<Principal> find(String token) {
    return Optional.ofNullable(byDigest.get(digest(token)));
  }

  private static String digest(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
