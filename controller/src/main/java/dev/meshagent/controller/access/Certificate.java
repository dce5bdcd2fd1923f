package dev.meshagent.controller.access;

import dev.meshagent.controller.files.OwnerOnly;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * The certificate that the controller shows: one that was given in PEM files, or one of its own,
 * made once and kept with the data, which clients are to trust by its file.
 */
public final class Certificate {
  private static final String ALIAS = "mesh-controller";
  private static final int DAYS = 3650;
  private static final int PASSWORD_BYTES = 16;
  private static final int LINE = 64;

  private Certificate() {}

  /**
   * The controller's own, made if it is not there yet; what clients are to trust is beside it in
   * {@code tls.pem}.
   *
   * @param host where the controller listens, which the certificate names beside this host
   * @throws IOException if it cannot be made or read
   */
  public static KeyManagerFactory own(Path data, String host) throws IOException {
    Path store = data.resolve("tls.p12");
    Path secret = data.resolve("tls.secret");
    try {
      if (!Files.exists(store)) {
        make(store, secret, host);
      }
      char[] password = Files.readString(secret).strip().toCharArray();
      KeyStore keys = KeyStore.getInstance(store.toFile(), password);
      Files.writeString(data.resolve("tls.pem"), pem(keys.getCertificate(ALIAS).getEncoded()));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, password);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          store + " cannot be read: " + e.getMessage() + "; remove it to have another made", e);
    }
  }

  private static void make(Path store, Path secret, String host) throws IOException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    Files.deleteIfExists(secret);
    OwnerOnly.file(secret);
    Files.writeString(secret, HexFormat.of().formatHex(random));
    // keytool wants no file to be there and asks the umask: nobody else is to reach where it
    // writes.
    Path room = Files.createTempDirectory(store.toAbsolutePath().getParent(), "tls-");
    Path fresh = room.resolve(store.getFileName());
    try {
      generate(fresh, secret, host);
      OwnerOnly.take(fresh);
      Files.move(fresh, store, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
      Files.deleteIfExists(room);
    }
  }

  private static void generate(Path store, Path secret, String host) throws IOException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keystore",
                    store.toString(),
                    "-storetype",
                    "PKCS12",
                    "-storepass:file",
                    secret.toString(),
                    "-alias",
                    ALIAS,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-validity",
                    Integer.toString(DAYS),
                    "-dname",
                    "CN=mesh-controller",
                    "-ext",
                    "san=" + names(host)))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
        throw new IOException("the JDK's keytool made no certificate: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool made a certificate", e);
    }
  }

  /**
   * What clients may call the controller by: the loopback's names, and the address that it listens
   * on or, where that is all of them, each address and the name of this machine.
   */
  private static String names(String host) throws IOException {
    Set<String> names = new LinkedHashSet<>(List.of("dns:localhost", "ip:127.0.0.1", "ip:::1"));
    if (!host.matches("[0-9.]+|.*:.*")) {
      names.add("dns:" + host);
    } else if (InetAddress.getByName(host).isAnyLocalAddress()) {
      machine().flatMap(Certificate::dns).ifPresent(names::add);
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(each.getInetAddresses())) {
          names.add("ip:" + address.getHostAddress().replaceAll("%.*", ""));
        }
      }
    } else {
      names.add("ip:" + host);
    }
    return String.join(",", names);
  }

  /** What this machine calls itself; empty if it does not know itself by that name. */
  private static Optional<String> machine() {
    try {
      return Optional.of(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** A name as keytool wants it; empty if it is one that no certificate may hold. */
  static Optional<String> dns(String name) {
    return name.matches(
            "[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)*")
        ? Optional.of("dns:" + name)
        : Optional.empty();
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }
}
