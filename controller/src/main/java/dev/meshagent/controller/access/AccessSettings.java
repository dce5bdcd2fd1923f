package dev.meshagent.controller.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who is let in and how what they say is protected. Immutable.
 *
 * @param tokens the file of {@link Tokens}; empty to ask for none
 * @param tls whether to speak TLS
 * @param certificate in PEM, the whole chain; empty for one of the controller's own
 * @param key in PEM, of the certificate
 */
public record AccessSettings(
    Optional<Path> tokens, boolean tls, Optional<Path> certificate, Optional<Path> key) {
  /** No tokens and no TLS, which is for loopback alone. */
  public static final AccessSettings LOCAL =
      new AccessSettings(Optional.empty(), false, Optional.empty(), Optional.empty());
}
