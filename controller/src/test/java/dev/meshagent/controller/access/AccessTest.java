package dev.meshagent.controller.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.controller.Controller;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class AccessTest {
  private static final String ADMIN = "admin-0123456789abcdef";
  private static final String READER = "reader-0123456789abcdef";
  private static final String AGENT = "agent-0123456789abcdef";

  @TempDir private Path directory;

  private Path tokens(String... lines) throws IOException {
    return Files.write(directory.resolve("tokens"), List.of(lines));
  }

  private static int ask(HttpClient client, String url, String token, String method)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/yaml")
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private HttpClient trusting(Path pem) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      trusted.setCertificateEntry(
          "mesh", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  @Test
  void eachTokenIsGoodForItsRoleOverTls() throws Exception {
    Path file =
        tokens(
            "# who may what",
            "admin ann " + ADMIN,
            "reader grafana " + READER,
            "agent all " + AGENT);
    AccessSettings access =
        new AccessSettings(Optional.of(file), true, Optional.empty(), Optional.empty());
    ControllerSettings settings =
        new ControllerSettings(
            new HostPort("127.0.0.1", 0),
            Optional.of(directory.resolve("data")),
            ControllerSettings.LEASE,
            access);
    try (Controller controller = Controller.start(settings)) {
      HttpClient client = trusting(directory.resolve("data/tls.pem"));
      String url = "https://" + controller.listening();
      String services = url + "/api/v1/services";
      assertThat(ask(client, url + "/healthz", "", "GET")).isEqualTo(200);
      assertThat(ask(client, services, "", "GET")).isEqualTo(401);
      assertThat(ask(client, services, "wrong-0123456789abcdef", "GET")).isEqualTo(401);
      assertThat(ask(client, services, READER, "GET")).isEqualTo(200);
      assertThat(ask(client, services, ADMIN, "GET")).isEqualTo(200);
      assertThat(ask(client, services, AGENT, "GET")).isEqualTo(403);
      // A backup holds what readers could not ask for any more.
      assertThat(ask(client, url + "/mesh/v1/backup", READER, "GET")).isEqualTo(403);
      assertThat(ask(client, url + "/mesh/v1/backup", ADMIN, "GET")).isEqualTo(200);
      assertThat(ask(client, url + "/mesh/v1/apply", READER, "POST")).isEqualTo(403);
      // An admin is let in, and told that there is nothing in the body.
      assertThat(ask(client, url + "/mesh/v1/apply", ADMIN, "POST")).isEqualTo(400);
      assertThat(ask(client, url + "/agent/v1/connect", "", "GET")).isEqualTo(401);
      assertThat(ask(client, url + "/agent/v1/connect", READER, "GET")).isEqualTo(403);
      assertThat(ask(client, url + "/agent/v1/connect", AGENT, "GET")).isNotIn(401, 403);
      assertThatThrownBy(() -> ask(HttpClient.newHttpClient(), services, ADMIN, "GET"))
          .isInstanceOf(IOException.class);
    }
    byte[] made = Files.readAllBytes(directory.resolve("data/tls.pem"));
    try (Controller again = Controller.start(settings)) {
      assertThat(again.listening().port()).isPositive();
      assertThat(directory.resolve("data/tls.pem")).hasBinaryContent(made);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsKeptIsForTheUserOfTheControllerAlone() throws Exception {
    Path data = directory.resolve("made/data");
    Path file = tokens("admin ann " + ADMIN);
    AccessSettings access =
        new AccessSettings(Optional.of(file), true, Optional.empty(), Optional.empty());
    ControllerSettings settings =
        new ControllerSettings(
            new HostPort("127.0.0.1", 0), Optional.of(data), ControllerSettings.LEASE, access);
    try (Controller controller = Controller.start(settings)) {
      assertThat(controller.listening().port()).isPositive();
      assertThat(mode(data)).isEqualTo("rwx------");
      for (String secret : List.of("mesh.db", "mesh.db-wal", "tls.p12", "tls.secret")) {
        assertThat(mode(data.resolve(secret))).as(secret).isEqualTo("rw-------");
      }
      assertThat(data.toFile().list()).noneMatch(name -> name.startsWith("tls-"));
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aFileThatIsWrongIsNamedByLineAndNeverByToken() throws Exception {
    for (String line :
        new String[] {"boss ann " + ADMIN, "admin ann", "admin ann short", "admin a b " + ADMIN}) {
      Path file = tokens("# first", line);
      assertThatThrownBy(() -> Tokens.read(file))
          .as(line)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("tokens, line 2: ")
          .hasMessageNotContaining(ADMIN);
    }
    assertThatThrownBy(() -> Tokens.read(tokens("admin a " + ADMIN, "reader b " + ADMIN)))
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> Tokens.read(tokens(""))).hasMessageContaining("holds no token");
  }
}
