package dev.meshagent.runtime.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Which certificates of the other side are believed: those of a PEM file, or those that the JDK
 * believes. Immutable; the file is read again for every connection, so that it can be replaced.
 */
public final class Trust {
  /** As the JDK does. */
  public static final Trust OF_JDK = new Trust(null);

  private final Path file;

  private Trust(Path file) {
    this.file = file;
  }

  /**
   * @param file with certificates in PEM; null for those of the JDK
   */
  public static Trust of(Path file) {
    return file == null ? OF_JDK : new Trust(file);
  }

  /**
   * A context of its own, not the default one: the application may yet set what that is made of.
   *
   * @throws IOException with a message for a person
   */
  SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, file == null ? null : managers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          file == null ? "no TLS to be had: " + e : file + " holds no certificates: " + e, e);
    }
  }

  private TrustManager[] managers() throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(file)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new IOException(file + " holds no certificates; they are to be in PEM");
    }
    KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
    believed.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      believed.setCertificateEntry(Integer.toString(number++), certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(believed);
    return factory.getTrustManagers();
  }
}
