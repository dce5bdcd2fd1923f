package dev.meshagent.spi.drive;

import java.security.cert.CertificateException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Tells a certificate that the client did not accept from other failures to connect. It is no fault
 * of the way to the endpoint: the application is to see it in the library's own words, as soon as
 * without the agent, and no other attempt is made.
 */
public final class Distrust {
  /** Of causes; more than any library wraps, so that a ring of them ends too. */
  private static final int DEPTH = 10;

  private Distrust() {}

  /** Whether that is what the failure came from. */
  public static boolean caused(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEPTH; depth++) {
      if (cause instanceof SSLPeerUnverifiedException || cause instanceof CertificateException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
