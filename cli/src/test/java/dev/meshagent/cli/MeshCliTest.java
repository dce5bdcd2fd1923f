package dev.meshagent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs against a controller that answers what the test says. */
class MeshCliTest {
  @TempDir Path folder;

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> agents = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int status = 200;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          byte[] body = exchange.getRequestBody().readAllBytes();
          agents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
          asked.add(request + " " + new String(body, StandardCharsets.UTF_8));
          byte[] answer = answers.getOrDefault(request, "{}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--controller");
    all.add(url());
    return line().execute(all.toArray(String[]::new));
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private CommandLine line() {
    return MeshCli.commandLine()
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void aBackupReplacesTheFileOnlyOnceAllHasCome() throws IOException {
    String file = file("mesh-backup.db", "the one of yesterday");
    status = 403;
    answers.put("GET /mesh/v1/backup", "{\"message\": \"that takes admin\"}");
    assertThat(run("backup", file, "--force")).isEqualTo(1);
    assertThat(err.toString()).contains("that takes admin");
    assertThat(Path.of(file)).hasContent("the one of yesterday");

    status = 200;
    answers.put("GET /mesh/v1/backup", "the one of today");
    assertThat(run("backup", file, "--force")).isZero();
    assertThat(Path.of(file)).hasContent("the one of today");
    assertThat(folder.toFile().list()).containsExactly("mesh-backup.db");
  }

  @Test
  void aBackupReplacesNothingUnlessToldTo() throws IOException {
    String file = file("mesh-backup.db", "the one of yesterday");
    assertThat(run("backup", file)).isEqualTo(1);
    assertThat(err.toString()).contains(file + " is there already").contains("--force");
    assertThat(asked).isEmpty();
    assertThat(Path.of(file)).hasContent("the one of yesterday");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aBackupIsForItsOwnerAlone() throws IOException {
    Path file = folder.resolve("mesh-backup.db");
    assertThat(run("backup", file.toString())).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileThatIsNotThereIsSaidInWords() {
    String file = folder.resolve("none.yaml").toString();
    assertThat(run("apply", "-f", file)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("mesh: cannot read " + file + ": there is no " + file + "\n");
  }

  @Test
  void requestsSayThatTheyComeFromMesh() {
    run("history");
    assertThat(agents).singleElement().asString().matches("mesh(/.+)?");
  }

  @Test
  void filesAreAppliedTogetherAndAwaited() throws IOException {
    answers.put(
        "POST /mesh/v1/apply",
        "{\"version\": 12, \"resources\": [{\"kind\": \"VirtualService\", \"namespace\": \"shop\","
            + " \"name\": \"orders\", \"outcome\": \"created\"}], \"warnings\": [\"mind this\"],"
            + " \"effects\": [{\"service\": \"shop/orders\", \"what\": [\"routes\", \"policy\"],"
            + " \"callers\": [{\"service\": \"shop/web\", \"agents\": 2}]},"
            + " {\"service\": \"shop/x\", \"what\": [\"name\"], \"callers\": []}]}");
    answers.put(
        "GET /mesh/v1/convergence?version=12&wait=10s",
        "{\"version\": 12, \"converged\": true, \"agents\": {\"concerned\": 2, \"acked\": 2}}");

    int code = run("apply", "-f", file("a.yaml", "a: 1"), "-f", file("b.yaml", "b: 2"), "--wait");

    assertThat(code).isZero();
    assertThat(asked.get(0)).isEqualTo("POST /mesh/v1/apply a: 1\n---\nb: 2");
    assertThat(out.toString())
        .isEqualToNormalizingNewlines(
            """
            KIND             NAMESPACE   NAME     OUTCOME
            VirtualService   shop        orders   created
            shop/orders changes routes, policy for shop/web (2 agents)
            shop/x changes name; nobody calls it
            version 12: taken by 2 of 2 agents
            """);
    assertThat(err.toString()).isEqualToNormalizingNewlines("warning: mind this\n");
  }

  @Test
  void whatIsNotTakenByAllHasAnExitCodeOfItsOwn() {
    answers.put(
        "GET /mesh/v1/convergence?version=3&wait=0s",
        "{\"version\": 3, \"converged\": false, \"agents\": {\"concerned\": 3, \"acked\": 1},"
            + " \"waiting\": [{\"agent\": \"u2\", \"service\": \"shop/orders\"}], \"refused\": [{\"agent\": \"u1\", \"service\": \"shop/orders\","
            + " \"path\": \"$.policy\", \"error\": \"too new\"}]}");

    assertThat(run("convergence", "3")).isEqualTo(4);
    assertThat(out.toString())
        .contains("taken by 1 of 3 agents, 1 have not answered, 1 refused")
        .contains("u2 has not answered for shop/orders")
        .contains("u1 refused shop/orders: $.policy: too new");
  }

  @Test
  void causesOfARefusalArePrintedOneALine() throws IOException {
    status = 422;
    answers.put(
        "POST /mesh/v1/apply?dryRun=All",
        "{\"message\": \"invalid\", \"details\": {\"causes\": [{\"field\": \"spec.a\","
            + " \"message\": \"is wrong\"}, {\"field\": \"spec.b\", \"message\": \"too\"}]}}");

    assertThat(run("apply", "--dry-run", "-f", file("a.yaml", "a: 1"))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("mesh: refused:\n  spec.a: is wrong\n  spec.b: too\n");
  }

  @Test
  void aRequestIsExplainedWithItsHeadersAndCaller() {
    answers.put("POST /mesh/v1/explain", "{\"text\": \"so it is\\n\", \"from\": [\"a\"]}");

    assertThat(run("explain", "GET", "http://orders/x", "-H", "X-User: ann", "--from", "web"))
        .isZero();
    assertThat(asked.get(0))
        .contains("\"url\":\"http://orders/x\"")
        .contains("\"X-User\":\"ann\"")
        .contains("\"caller\":{\"namespace\":\"default\",\"service\":\"web\"}");
    assertThat(out.toString()).startsWith("so it is");
  }

  @Test
  void kindsAreFoundByAnyOfTheirNamesAndShownAsTheControllerSays() {
    answers.put(
        "GET /apis",
        "{\"groups\": [{\"preferredVersion\": {\"groupVersion\": \"networking.istio.io/v1\"}}]}");
    answers.put(
        "GET /apis/networking.istio.io/v1",
        "{\"resources\": [{\"name\": \"virtualservices\", \"singularName\": \"virtualservice\","
            + " \"kind\": \"VirtualService\", \"namespaced\": true, \"shortNames\": [\"vs\"]}]}");
    answers.put(
        "GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices",
        "{\"columnDefinitions\": [{\"name\": \"Name\"}, {\"name\": \"Rare\", \"priority\": 1}],"
            + " \"rows\": [{\"cells\": [\"orders\", \"x\"]}]}");

    assertThat(run("get", "VS", "-n", "shop")).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualToNormalizingNewlines("NAME\norders\n");
    assertThat(run("get", "nothing")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no kind 'nothing'; there are virtualservices");
  }

  @Test
  void programsGetJsonOrYaml() {
    answers.put("GET /mesh/v1/history", "{\"versions\": [{\"version\": 7}]}");

    assertThat(run("history", "-o", "yaml")).isZero();
    assertThat(out.toString()).isEqualToNormalizingNewlines("versions:\n- version: 7\n");
  }

  @Test
  void aConfigurationForKubectlIsPrinted() {
    assertThat(run("kubeconfig")).isZero();
    assertThat(out.toString()).contains("server: " + url()).contains("current-context: mesh");
  }

  @Test
  void outputThatEndsInNoLineIsWrittenBeforeTheProcessEnds() {
    StringWriter written = new StringWriter();
    CommandLine line = line().setOut(new PrintWriter(new BufferedWriter(written)));
    assertThat(MeshCli.run(line, "kubeconfig", "--controller", url())).isZero();
    assertThat(written.toString()).contains("current-context: mesh");
  }

  @Test
  void withoutAControllerOrAVerbItSaysWhatToDo() {
    server.stop(0);
    assertThat(run("history")).isEqualTo(3);
    assertThat(err.toString()).contains("start one with ./mesh controller");
    assertThat(line().execute()).isEqualTo(2);
    assertThat(line().execute("explain", "GET")).isEqualTo(2);
  }
}
