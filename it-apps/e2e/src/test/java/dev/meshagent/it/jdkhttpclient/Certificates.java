package dev.meshagent.it.jdkhttpclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/**
 * A service's own certificate, made by the JDK's keytool.
 *
 * @param keys a PKCS12 file with key and certificate
 * @param trusted a PKCS12 file with the certificate alone
 */
record Certificates(Path keys, Path trusted) {
  static final String PASSWORD = "changeit";

  static Certificates create(String host, Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path keys = directory.resolve("keys.p12");
    Path certificate = directory.resolve("certificate.pem");
    Path trusted = directory.resolve("trusted.p12");
    keytool(
        keys,
        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + host, "-ext", "SAN=dns:" + host));
    keytool(keys, List.of("-exportcert", "-rfc", "-file", certificate.toString()));
    keytool(trusted, List.of("-importcert", "-noprompt", "-file", certificate.toString()));
    return new Certificates(keys, trusted);
  }

  KeyStore load() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static void keytool(Path store, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-v");
    builder.command().addAll(command);
    // A JDK 11 reads no newer encryption of PKCS12 than this.
    builder.command().add("-J-Dkeystore.pkcs12.legacy");
    builder
        .command()
        .addAll(
            List.of(
                "-alias",
                "service",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    Process keytool = builder.redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool failed: " + output);
    }
  }
}
