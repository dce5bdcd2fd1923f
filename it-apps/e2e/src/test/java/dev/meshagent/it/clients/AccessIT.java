package dev.meshagent.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.Finished;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.Kubectl;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.MeshCli;
import dev.meshagent.testbed.Polling;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens and TLS, as who runs a controller for others meets them: the controller, a service under
 * the agent, the command line and kubectl are all processes of their own.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AccessIT {
  private static final String ADMIN = "admin-0123456789abcdef";
  private static final String READER = "reader-0123456789abcdef";
  private static final String AGENT = "agent-0123456789abcdef";
  private static final Duration WITHIN = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("ready on (https?://\\S+)");

  @TempDir private Path folder;

  private final LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty());
  private int started;

  @AfterEach
  void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private URI startController(String... options) {
    ChildProcess controller =
        mesh.start(
            "controller-" + started++,
            JavaCommand.ofThisJdk()
                .option("-Xmx128m", "-XX:+UseSerialGC")
                .jar(mesh.artifacts().controller(), options));
    return URI.create(controller.awaitLine(READY, WITHIN).group(1));
  }

  private String[] tokens(String... more) throws IOException {
    Path file =
        write(
            "tokens",
            "admin ann " + ADMIN + "\nreader grafana " + READER + "\nagent shop " + AGENT + "\n");
    List<String> options =
        new ArrayList<>(
            List.of(
                "--listen",
                "127.0.0.1:0",
                "--data",
                folder.resolve("data").toString(),
                "--tokens",
                file.toString()));
    options.addAll(List.of(more));
    return options.toArray(String[]::new);
  }

  /** A server under the agent. */
  private ChildProcess startService(URI controller, String... options) {
    ChildProcess service =
        mesh.start(
            "service-" + started++,
            JavaCommand.ofThisJdk()
                .option("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .option("-javaagent:" + mesh.artifacts().agent())
                .option("-Dmesh.service=orders", "-Dmesh.controller=" + controller)
                .option("-Dmesh.cache.dir=" + folder.resolve("cache"))
                .option(options)
                .main(mesh.artifacts().fixtures(), "dev.meshagent.fixtures.Relay"));
    LocalMesh.awaitPort(service);
    return service;
  }

  private MeshCli cli(URI controller, String token, Path ca) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MESH_TOKEN", token);
    if (ca != null) {
      environment.put("MESH_CONTROLLER_CA", ca.toString());
    }
    return new MeshCli(mesh.artifacts(), controller, environment);
  }

  private void awaitRegistered(MeshCli cli) {
    Polling.until(
        () -> cli.run("get", "workloadentries").endedWith(0).output().contains("orders-"),
        WITHIN,
        () -> "no orders: " + cli.run("get", "workloadentries").all());
  }

  private void kubectlReadsAndWrites(MeshCli cli) throws IOException {
    if (!Kubectl.isThere()) {
      return;
    }
    String kubeconfig = cli.run("kubeconfig").endedWith(0).output();
    Kubectl kubectl = Kubectl.at(Files.createTempDirectory(folder, "kubectl"), kubeconfig);
    assertThat(kubectl.run("get", "workloadentries").endedWith(0).output()).contains("orders-");
    String rule =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: orders}
        spec: {host: orders}
        """;
    assertThat(kubectl.runWithInput(rule, "apply", "-f", "-").endedWith(0).output())
        .contains("destinationrule.networking.istio.io/orders created");
  }

  @Test
  void anOwnCertificateIsTrustedByItsFileAndEachTokenOpensWhatIsItsRoles() throws Exception {
    URI controller = startController(tokens("--tls"));
    assertThat(controller.getScheme()).isEqualTo("https");
    Path ca = folder.resolve("data/tls.pem");

    ChildProcess service =
        startService(
            URI.create("wss://" + controller.getAuthority()),
            "-Dmesh.controller.ca=" + ca,
            "-Dmesh.token.file=" + write("agent-token", AGENT + "\n"));
    MeshCli admin = cli(controller, ADMIN, ca);
    awaitRegistered(admin);
    assertThat(service.lines()).noneMatch(line -> line.contains("WARN"));

    kubectlReadsAndWrites(admin);

    MeshCli reader = cli(controller, READER, ca);
    assertThat(reader.run("get", "services").endedWith(0).output()).contains("orders");
    Path rule =
        write(
            "rule.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: by-reader}
            spec: {host: orders}
            """);
    assertThat(reader.run("apply", "-f", rule.toString()).endedWith(1).errors())
        .contains("the token of grafana has the role reader")
        .contains("takes admin");
    assertThat(cli(controller, AGENT, ca).run("get", "services").endedWith(1).errors())
        .contains("the token of shop has the role agent");
    assertThat(cli(controller, "unknown-0123456789", ca).run("history").endedWith(1).errors())
        .contains("send a token that the controller knows");
    Finished distrusted = cli(controller, ADMIN, null).run("history").endedWith(3);
    assertThat(distrusted.errors()).contains("is not trusted").contains("--ca FILE");
  }

  @Test
  void aGivenCertificateIsShownToAgentsCommandLineAndKubectl() throws Exception {
    Pem pem = Pem.make(folder, "san=ip:127.0.0.1");
    URI controller =
        startController(
            tokens("--tls-cert", pem.certificate().toString(), "--tls-key", pem.key().toString()));
    startService(
        controller,
        "-Dmesh.controller.ca=" + pem.certificate(),
        "-Dmesh.token.file=" + write("agent-token", AGENT));
    MeshCli admin = cli(controller, ADMIN, pem.certificate());
    awaitRegistered(admin);
    kubectlReadsAndWrites(admin);
  }

  @Test
  void aWrongTokenAndAnUnknownCertificateAreSaidOnceAndTheServiceGoesOn() throws Exception {
    URI controller = startController(tokens("--tls"));
    Path ca = folder.resolve("data/tls.pem");
    ChildProcess wrong =
        startService(
            controller,
            "-Dmesh.controller.ca=" + ca,
            "-Dmesh.token.file=" + write("wrong-token", "wrong-0123456789abcdef"));
    ChildProcess distrusting =
        startService(controller, "-Dmesh.token.file=" + write("agent-token", AGENT));
    Pattern refused =
        Pattern.compile("401 Unauthorized.*does mesh.token.file hold the right token");
    Pattern unknown = Pattern.compile("does mesh.controller.ca name the certificate");
    wrong.awaitLine(refused, WITHIN);
    distrusting.awaitLine(unknown, WITHIN);

    // A service that does go through says that some attempts have passed at the others too.
    ChildProcess right =
        startService(
            controller,
            "-Dmesh.controller.ca=" + ca,
            "-Dmesh.token.file=" + folder.resolve("agent-token"));
    awaitRegistered(cli(controller, ADMIN, ca));
    for (ChildProcess service : List.of(wrong, distrusting)) {
      assertThat(answers(service)).isEqualTo(200);
      assertThat(service.lines().stream().filter(line -> line.contains("no controller yet")))
          .as("the reason, once")
          .hasSize(1);
    }
    assertThat(answers(right)).isEqualTo(200);
  }

  /** What the service answers to a request with no call in it. */
  private static int answers(ChildProcess service) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + LocalMesh.awaitPort(service)))
                .POST(HttpRequest.BodyPublishers.ofString("jdk GET http://127.0.0.1:1/"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aControllerIsReachedByIpv6() throws Exception {
    URI controller =
        startController(
            "--listen", "[::1]:0", "--data", folder.resolve("data").toString(), "--tls");
    assertThat(controller.getHost()).isEqualTo("[::1]");
    Path ca = folder.resolve("data/tls.pem");
    startService(controller, "-Dmesh.controller.ca=" + ca);
    MeshCli cli = cli(controller, "", ca);
    awaitRegistered(cli);
    kubectlReadsAndWrites(cli);
    assertThat(new ObjectMapper().readTree(cli.run("get", "dr", "-o", "json").output()))
        .isNotEmpty();
  }

  /** A certificate and its key, as a certificate authority gives them. */
  private record Pem(Path certificate, Path key) {
    private static final String PASSWORD = "changeit";

    static Pem make(Path folder, String names) throws Exception {
      Path store = folder.resolve("given.p12");
      Finished.run(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keyalg",
                  "EC",
                  "-alias",
                  "given",
                  "-dname",
                  "CN=given",
                  "-ext",
                  names,
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  PASSWORD),
              Map.of(),
              "")
          .endedWith(0);
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      return new Pem(
          pem(folder, "CERTIFICATE", keys.getCertificate("given").getEncoded()),
          pem(folder, "PRIVATE KEY", keys.getKey("given", PASSWORD.toCharArray()).getEncoded()));
    }

    private static Path pem(Path folder, String what, byte[] der) throws IOException {
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
      return Files.writeString(
          folder.resolve(what.replace(' ', '-') + ".pem"),
          "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }
  }
}
