package dev.meshagent.contract.server;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/**
 * Two self-signed certificates, made anew by the JDK's keytool for each run, and the trust store
 * with both of them.
 *
 * @param own for the names of the service {@code vault}
 * @param foreign for a name that nobody calls
 * @param trustStore PKCS12, password {@code changeit}
 */
public record Certificates(SslContext own, SslContext foreign, Path trustStore) {
  public static final String PASSWORD = "changeit";

  /**
   * @param names the DNS names of {@link #own}
   */
  public static Certificates create(Path directory, List<String> names)
      throws IOException, GeneralSecurityException, InterruptedException {
    List<String> alternatives = new ArrayList<>();
    names.forEach(name -> alternatives.add("dns:" + name));
    Path own = keyStore(directory, "own", "san=" + String.join(",", alternatives));
    Path foreign = keyStore(directory, "foreign", "san=dns:somebody-else.example");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("own", load(own).getCertificate("own"));
    trusted.setCertificateEntry("foreign", load(foreign).getCertificate("foreign"));
    Path trustStore = directory.resolve("trust.p12");
    try (var out = Files.newOutputStream(trustStore)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return new Certificates(context(load(own)), context(load(foreign)), trustStore);
  }

  private static Path keyStore(Path directory, String alias, String extension)
      throws IOException, InterruptedException {
    Path file = directory.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-ext",
                extension,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool could not make the certificate " + alias + ": " + output);
    }
    return file;
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static SslContext context(KeyStore keys) throws IOException, GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return SslContextBuilder.forServer(factory)
        .sslProvider(SslProvider.JDK)
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }
}
